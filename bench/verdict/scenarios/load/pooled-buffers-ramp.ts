import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const BUFFER_BYTES = 96 * 1024;
const RAMP_SECONDS = 45;

/** Makes a buffer when all are in use, and never lets go of one. */
class BufferPool {
  readonly #idle: Buffer[] = [];
  #made = 0;

  get size(): number {
    return this.#made;
  }

  take(): Buffer {
    const idle = this.#idle.pop();
    if (idle === undefined) this.#made += 1;
    return idle ?? Buffer.alloc(BUFFER_BYTES);
  }

  give(buffer: Buffer): void {
    this.#idle.push(buffer);
  }
}

export const scenario: Scenario = {
  name: 'pooled-buffers-ramp',
  about:
    'Traffic rises for as long as the fill horizon, and a pool holds a buffer for each request in flight.',
  label: { verdict: 'load-following', alsoRight: ['stable', 'filling', 'growing'] },
  load: {
    requestsPerSecond: (seconds) => 20 + 150 * Math.min(1, seconds / RAMP_SECONDS),
    mix: [
      {
        route: 'POST /thumbnails',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: '/thumbnails',
          body: { photo: n, tone: integer(random, 256) },
        }),
      },
      {
        route: 'GET /albums/:id',
        weight: 3,
        request: (random) => ({ path: `/albums/${integer(random, 2_000)}` }),
      },
      { route: 'GET /pool', weight: 1, request: () => ({ path: '/pool' }) },
    ],
  },
  build(app) {
    const pool = new BufferPool();
    const albums = Array.from({ length: 2_000 }, (_, id) => ({
      id,
      photos: Array.from({ length: 24 }, (_, i) => `photo ${id}/${i}`),
    }));
    app.post<{ Body: { photo: number; tone: number } }>('/thumbnails', async ({ body }) => {
      const pixels = pool.take();
      try {
        pixels.fill(body.tone);
        await delay(400 + (body.photo % 300));
        return { photo: body.photo, bytes: pixels.length };
      } finally {
        pool.give(pixels);
      }
    });
    app.get<{ Params: { id: string } }>('/albums/:id', async ({ params }) => albums[Number(params.id)]);
    app.get('/pool', async () => ({ buffers: pool.size }));
  },
};
