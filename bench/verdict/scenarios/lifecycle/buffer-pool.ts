import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CAMERAS = 160;
const FRAME_BYTES = 128 * 1024;
/** Frames sent until one more camera is switched on. */
const PER_CAMERA = 10;

/** One buffer per camera, allocated at its first frame and then overwritten. */
class FrameBuffers {
  readonly #byCamera: Buffer[] = [];

  get count(): number {
    return this.#byCamera.filter(Boolean).length;
  }

  of(camera: number): Buffer {
    return (this.#byCamera[camera] ??= Buffer.alloc(FRAME_BYTES));
  }
}

export const scenario: Scenario = {
  name: 'buffer-pool',
  about:
    'Each of 160 cameras gets a frame buffer with its first frame; the last one starts after twenty seconds.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'POST /cameras/:id/frames',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: `/cameras/${integer(random, Math.min(CAMERAS, 1 + n / PER_CAMERA))}/frames`,
          headers: { 'content-type': 'application/octet-stream' },
          body: Buffer.alloc(4_096, n % 256),
        }),
      },
      {
        route: 'GET /cameras/:id/brightness',
        weight: 1,
        request: (random) => ({ path: `/cameras/${integer(random, 8)}/brightness` }),
      },
      { route: 'GET /cameras', weight: 1, request: () => ({ path: '/cameras' }) },
    ],
  },
  build(app) {
    const buffers = new FrameBuffers();
    const zones = Array.from({ length: CAMERAS }, (_, id) =>
      Array.from({ length: 300 }, (_, i) => ({ zone: `${id}-${i}`, x: i % 20, y: i / 20 })),
    );
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    app.post<{ Params: { id: string }; Body: Buffer }>('/cameras/:id/frames', async ({ params, body }) => {
      const frame = buffers.of(Number(params.id));
      for (let at = 0; at < FRAME_BYTES; at += body.length) body.copy(frame, at);
      await delay(3);
      return { stored: frame.length };
    });
    app.get<{ Params: { id: string } }>('/cameras/:id/brightness', async ({ params }) => ({
      brightness: buffers.of(Number(params.id))[0],
    }));
    app.get('/cameras', async () => ({ running: buffers.count, zones: zones.map((zone) => zone.length) }));
  },
};
