import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const STOPS = 3_000;
const MINUTES_A_DAY = 1_440;

interface Leg {
  readonly from: string;
  readonly to: string;
  readonly line: string;
  readonly leaves: number;
}

/** Settles once, when the process is asked to shut down. */
let announceShutdown: (answer: undefined) => void = () => {};
const shutdown = new Promise<undefined>((resolve) => {
  announceShutdown = resolve;
});

function findLegs(from: number, to: number): Leg[] {
  const legs: Leg[] = [];
  for (let n = 0; n < 9; n += 1) {
    const at = (from * (n + 3) + to) % STOPS;
    legs.push({
      from: `stop ${at}`,
      to: `stop ${(at + 17) % STOPS}`,
      line: `line ${at % 60}`,
      leaves: (at * 7) % MINUTES_A_DAY,
    });
  }
  return legs;
}

async function searchConnection(from: number, to: number): Promise<Leg[]> {
  await delay(2 + (from % 5));
  return findLegs(from, to);
}

/** Every race leaves a reaction on `shutdown`, and the reaction retains the race's promise with its result. */
function untilShutdown<T>(work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work, shutdown]);
}

export const scenario: Scenario = {
  name: 'promise-race',
  about: 'Each search races against one promise of the shutdown, which keeps the result of every race.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /connections'],
    site: {
      file: 'references/promise-race.ts',
      functions: ['findLegs', 'searchConnection', 'untilShutdown', 'showConnections'],
    },
  },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'GET /connections',
        weight: 4,
        request: (random) => ({
          path: `/connections?from=${integer(random, STOPS)}&to=${integer(random, STOPS)}`,
        }),
      },
      {
        route: 'GET /stops/:id/departures',
        weight: 4,
        request: (random) => ({ path: `/stops/${integer(random, STOPS)}/departures` }),
      },
      {
        route: 'GET /stops',
        weight: 1,
        request: (random) => ({ path: `/stops?zone=${integer(random, 50)}` }),
      },
    ],
  },
  build(app) {
    const stops = Array.from({ length: STOPS }, (_, id) => ({
      id,
      zone: id % 50,
      departures: Array.from({ length: 30 }, (_, n) => ({
        line: n % 12,
        minute: (id + n * 47) % MINUTES_A_DAY,
        platform: `${n % 4}a`,
      })),
    }));
    app.addHook('preClose', async () => announceShutdown(undefined));
    app.get<{ Querystring: { from: string; to: string } }>(
      '/connections',
      async function showConnections({ query }, reply) {
        const legs = await untilShutdown(searchConnection(Number(query.from), Number(query.to)));
        return legs === undefined ? reply.code(503).send() : { legs };
      },
    );
    app.get<{ Params: { id: string } }>(
      '/stops/:id/departures',
      async ({ params }) => stops[Number(params.id)]?.departures,
    );
    app.get<{ Querystring: { zone: string } }>('/stops', async ({ query }) =>
      stops.filter(({ zone }) => zone === Number(query.zone)).map(({ id, zone }) => ({ id, zone })),
    );
  },
};
