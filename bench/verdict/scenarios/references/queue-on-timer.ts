import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const DRAIN_MS = 150;

interface Reading {
  readonly meter: number;
  readonly watts: number;
}

interface Entry {
  readonly meter: string;
  readonly at: Date;
  readonly phases: readonly { readonly phase: string; readonly watts: number }[];
}

const queue: Reading[] = [];
/** "Until the ledger has them", which takes them no more. */
const booked: Entry[] = [];

function bookReadings(): void {
  for (const { meter, watts } of queue.splice(0)) {
    const phases = [];
    for (let phase = 1; phase <= 6; phase += 1)
      phases.push({ phase: `L${phase} of ${meter} with ${watts}`, watts: watts / phase });
    booked.push({ meter: `meter ${meter}`, at: new Date(), phases });
  }
}

export const scenario: Scenario = {
  name: 'queue-on-timer',
  about: 'A request only puts its reading into a queue; a timer works it off and keeps what it made of it.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /readings'],
    site: { file: 'references/queue-on-timer.ts', functions: ['bookReadings'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'POST /readings',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: '/readings',
          body: { meter: integer(random, 30_000), watts: integer(random, 9_000) },
        }),
      },
      {
        route: 'GET /meters/:id',
        weight: 4,
        request: (random) => ({ path: `/meters/${integer(random, 3_000)}` }),
      },
      { route: 'GET /tariffs', weight: 2, request: () => ({ path: '/tariffs' }) },
    ],
  },
  build(app) {
    const draining = setInterval(bookReadings, DRAIN_MS);
    app.addHook('onClose', async () => clearInterval(draining));
    const meters = Array.from({ length: 3_000 }, (_, id) => ({
      id,
      place: `Cellar ${id}`,
      days: Array.from({ length: 40 }, (_, day) => (id * day) % 977),
    }));
    const tariffs = Array.from({ length: 30 }, (_, id) => ({ id, name: `Tariff ${id}`, cents: 20 + id }));
    app.post<{ Body: Reading }>('/readings', async ({ body }, reply) => {
      queue.push({ meter: body.meter, watts: body.watts });
      return reply.code(202).send({ queued: queue.length });
    });
    app.get<{ Params: { id: string } }>('/meters/:id', async ({ params }) => meters[Number(params.id)]);
    app.get('/tariffs', async () => tariffs);
  },
};
