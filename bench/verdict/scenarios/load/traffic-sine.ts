import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PERIOD_SECONDS = 30;

/** About a hundred kilobytes, needed until the last carrier has answered. */
function offersOf(parcel: number): { carrier: number; legs: number[] }[] {
  return Array.from({ length: 100 }, (_, carrier) => ({
    carrier,
    legs: Array.from({ length: 110 }, (_, leg) => (parcel + leg * carrier) / 3),
  }));
}

async function cheapest(parcel: number): Promise<{ carrier: number; price: number }> {
  const offers = offersOf(parcel);
  await delay(1_000 + (parcel % 1_000));
  const priced = offers.map(({ carrier, legs }) => ({
    carrier,
    price: legs.reduce((sum, leg) => sum + leg, 0),
  }));
  return priced.reduce((a, b) => (b.price < a.price ? b : a));
}

export const scenario: Scenario = {
  name: 'traffic-sine',
  about: 'Traffic swells and ebbs twice a minute, and each quote holds its offers for a second or two.',
  label: { verdict: 'load-following', alsoRight: ['stable'] },
  load: {
    requestsPerSecond: (seconds) => 80 + 50 * Math.sin((2 * Math.PI * seconds) / PERIOD_SECONDS),
    mix: [
      {
        route: 'GET /parcels/:parcel/cheapest',
        weight: 4,
        request: (random) => ({ path: `/parcels/${integer(random, 100_000)}/cheapest` }),
      },
      { route: 'GET /carriers', weight: 1, request: () => ({ path: '/carriers' }) },
      {
        route: 'POST /labels',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: '/labels',
          body: { parcel: integer(random, 100_000) },
        }),
      },
    ],
  },
  build(app) {
    const carriers = Array.from({ length: 100 }, (_, id) => ({
      id,
      zones: Array.from({ length: 2_000 }, (_, zone) => (zone * id) % 53),
    }));
    app.get<{ Params: { parcel: string } }>('/parcels/:parcel/cheapest', ({ params }, reply) => {
      cheapest(Number(params.parcel)).then(
        (offer) => reply.send(offer),
        (error: unknown) => reply.send(error),
      );
    });
    app.get('/carriers', async () => carriers.map(({ id, zones }) => ({ id, zones: zones.length })));
    app.post<{ Body: { parcel: number } }>('/labels', async ({ body }) => ({
      label: `label-${body.parcel}`.padEnd(2_000, '|'),
    }));
  },
};
