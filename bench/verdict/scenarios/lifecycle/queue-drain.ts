import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CYCLE_MS = 18_000;
const BATCH = 40;

interface Job {
  readonly document: string;
  readonly pixels: readonly number[];
}

/** Jobs wait until the converter is switched on for some seconds; then the queue drains. */
class Converter {
  readonly #queue: Job[] = [];
  #done = 0;

  get state(): { waiting: number; done: number } {
    return { waiting: this.#queue.length, done: this.#done };
  }

  add(document: string, width: number): number {
    this.#queue.push({ document, pixels: Array.from({ length: 1_200 }, (_, i) => (i * width) / 3) });
    return this.#queue.length;
  }

  async drain(): Promise<void> {
    while (this.#queue.length > 0) {
      for (const { pixels } of this.#queue.splice(0, BATCH)) {
        this.#done += pixels.length > 0 ? 1 : 0;
      }
      await delay(60);
    }
  }
}

export const scenario: Scenario = {
  name: 'queue-drain',
  about: 'A queue backs up for fifteen seconds, is worked off within three, and backs up again.',
  label: { verdict: 'stable', alsoRight: ['load-following'] },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'POST /conversions',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: '/conversions',
          body: { document: `scan-${n}`, width: 600 + integer(random, 2_000) },
        }),
      },
      { route: 'GET /conversions', weight: 2, request: () => ({ path: '/conversions' }) },
      {
        route: 'GET /formats/:id',
        weight: 2,
        request: (random) => ({ path: `/formats/${integer(random, 300)}` }),
      },
    ],
  },
  build(app) {
    const converter = new Converter();
    const formats = Array.from({ length: 300 }, (_, id) => ({
      id,
      profiles: Array.from({ length: 200 }, (_, i) => ({ profile: `${id}/${i}`, dpi: 72 + i })),
    }));
    const draining = setInterval(() => void converter.drain(), CYCLE_MS);
    app.addHook('onClose', async () => clearInterval(draining));

    app.post<{ Body: { document: string; width: number } }>('/conversions', async ({ body }, reply) => {
      await delay(1);
      return reply.code(202).send({ position: converter.add(body.document, body.width) });
    });
    app.get('/conversions', async () => converter.state);
    app.get<{ Params: { id: string } }>('/formats/:id', async ({ params }) => {
      const format = formats[Number(params.id)];
      return { id: format?.id, profiles: format?.profiles.slice(0, 40) };
    });
  },
};
