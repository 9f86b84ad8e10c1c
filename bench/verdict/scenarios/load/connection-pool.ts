import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const LARGEST = 24;
const RAMP_SECONDS = 20;

/** A renderer with its glyph tables, which are kept because they take long to build. */
class Renderer {
  readonly #glyphs: readonly { readonly code: number; readonly outline: readonly number[] }[];

  constructor(seed: number) {
    this.#glyphs = Array.from({ length: 900 }, (_, code) => ({
      code,
      outline: Array.from({ length: 40 }, (_, i) => (code * i + seed) / 7),
    }));
  }

  async render(text: string): Promise<number> {
    let width = 0;
    for (const letter of text) width += this.#glyphs[letter.charCodeAt(0)]?.outline[3] ?? 0;
    await delay(150 + (text.length % 100));
    return width;
  }
}

class RendererPool {
  readonly #idle: Renderer[] = [];
  #made = 0;

  get size(): number {
    return this.#made;
  }

  /** Undefined if all are busy. */
  take(): Renderer | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || this.#made === LARGEST) return idle;
    this.#made += 1;
    return new Renderer(this.#made);
  }

  give(renderer: Renderer): void {
    this.#idle.push(renderer);
  }
}

export const scenario: Scenario = {
  name: 'connection-pool',
  about: 'A pool of renderers grows with the traffic up to its largest size, and stays that large.',
  // It never shrinks, which does not show in a run whose traffic never falls.
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following'] },
  load: {
    requestsPerSecond: (seconds) => 20 + 140 * Math.min(1, seconds / RAMP_SECONDS),
    mix: [
      {
        route: 'POST /certificates',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: '/certificates',
          body: { text: `Certificate ${n} `.repeat(2 + integer(random, 20)) },
        }),
      },
      { route: 'GET /courses', weight: 1, request: () => ({ path: '/courses' }) },
      {
        route: 'GET /courses/:id',
        weight: 1,
        request: (random) => ({ path: `/courses/${integer(random, 2_000)}` }),
      },
    ],
  },
  build(app) {
    const pool = new RendererPool();
    const courses = Array.from({ length: 2_000 }, (_, id) => ({
      id,
      title: `Course ${id}`,
      lessons: Array.from({ length: 20 }, (_, i) => ({ lesson: `${id}.${i}`, minutes: 20 + (i % 40) })),
    }));
    app.post<{ Body: { text: string } }>('/certificates', async ({ body }, reply) => {
      const renderer = pool.take();
      if (renderer === undefined) return reply.code(202).send({ later: true });
      try {
        return { width: await renderer.render(body.text), letters: body.text.length };
      } finally {
        pool.give(renderer);
      }
    });
    app.get('/courses', async () => ({ renderers: pool.size, first: courses.slice(0, 20) }));
    app.get<{ Params: { id: string } }>('/courses/:id', async ({ params }) => courses[Number(params.id)]);
  },
};
