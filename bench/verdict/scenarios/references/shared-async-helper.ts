import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const BOATS = 5_000;

interface Berth {
  readonly boat: number;
  readonly nights: readonly { readonly night: string; readonly pier: string; readonly cents: number }[];
}

/** Bookings that the harbour master has to confirm; the confirmation was moved to another system. */
const unconfirmed: Berth[] = [];

async function readTariff(boat: number): Promise<number> {
  await delay(1 + (boat % 3));
  return 1_800 + (boat % 11) * 90;
}

async function berthFor(boat: number, nights: number): Promise<Berth> {
  const cents = await readTariff(boat);
  await delay(1);
  return { boat, nights: planNights(boat, nights, cents) };
}

function planNights(boat: number, nights: number, cents: number): Berth['nights'] {
  const planned = [];
  for (let i = 0; i < nights; i += 1)
    planned.push({ night: `night ${i} of ${boat}`, pier: `pier ${(boat + i) % 14}`, cents: cents + i * 10 });
  return planned;
}

async function reserve(boat: number, nights: number): Promise<Berth> {
  const berth = await berthFor(boat, nights);
  await delay(2);
  return berth;
}

export const scenario: Scenario = {
  name: 'shared-async-helper',
  about:
    'Three routes wait for the same asynchronous functions, several calls deep, and one of them keeps the result.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /bookings'],
    site: { file: 'references/shared-async-helper.ts', functions: ['planNights', 'berthFor'] },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'POST /bookings',
        weight: 2,
        request: (random) => ({
          method: 'POST',
          path: '/bookings',
          body: { boat: integer(random, BOATS), nights: 12 },
        }),
      },
      {
        route: 'GET /quotes/:boat',
        weight: 4,
        request: (random) => ({ path: `/quotes/${integer(random, BOATS)}` }),
      },
      {
        route: 'GET /calendar/:boat',
        weight: 3,
        request: (random) => ({ path: `/calendar/${integer(random, BOATS)}` }),
      },
    ],
  },
  build(app) {
    app.post<{ Body: { boat: number; nights: number } }>('/bookings', async ({ body }, reply) => {
      const berth = await reserve(body.boat, body.nights);
      unconfirmed.push(berth);
      return reply.code(202).send({ boat: berth.boat, nights: berth.nights.length });
    });
    app.get<{ Params: { boat: string } }>('/quotes/:boat', async ({ params }) => {
      const { nights } = await reserve(Number(params.boat), 12);
      return { cents: nights.reduce((sum, { cents }) => sum + cents, 0) };
    });
    app.get<{ Params: { boat: string } }>('/calendar/:boat', async ({ params }) =>
      berthFor(Number(params.boat), 20),
    );
  },
};
