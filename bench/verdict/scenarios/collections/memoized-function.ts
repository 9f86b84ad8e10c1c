import lodash from 'lodash';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const DEPOTS = 12_000;
const CARRIERS = ['northway', 'packet', 'express', 'bulk'];

interface Parcel {
  readonly grams: number;
  readonly millimetres: readonly [number, number, number];
  readonly from: string;
  readonly to: string;
}

interface Offer {
  readonly carrier: string;
  readonly cents: number;
  readonly surcharges: { readonly name: string; readonly cents: number }[];
}

function calculateOffers(parcel: Parcel): Offer[] {
  const litres = parcel.millimetres.reduce((product, side) => product * side, 1) / 1e6;
  const offers: Offer[] = [];
  for (const [rank, carrier] of CARRIERS.entries()) {
    const cents = 390 + Math.round(litres * 17 + parcel.grams / (40 + rank));
    const surcharges = [];
    for (const name of ['fuel', 'toll', 'season'])
      surcharges.push({ name, cents: Math.round(cents / (9 + rank)) });
    offers.push({ carrier, cents, surcharges });
  }
  return offers;
}

function argumentsAsKey(parcel: Parcel): string {
  return JSON.stringify(parcel);
}

/** Weights and sides are in grams and millimetres: hardly any key occurs twice. */
const offersFor = lodash.memoize(calculateOffers, argumentsAsKey);

export const scenario: Scenario = {
  name: 'memoized-function',
  about: 'A memoized price calculation keeps every result under the JSON text of its arguments.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /shipping/offers'],
    site: {
      file: 'collections/memoized-function.ts',
      functions: ['calculateOffers', 'argumentsAsKey', 'quoteShipping'],
    },
  },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /shipping/offers',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: '/shipping/offers',
          body: {
            grams: integer(random, 30_000),
            millimetres: [integer(random, 900), integer(random, 600), integer(random, 500)],
            from: `depot-${integer(random, DEPOTS)}`,
            to: `postcode ${integer(random, 99_999)}`,
          },
        }),
      },
      {
        route: 'GET /depots/:id',
        weight: 5,
        request: (random) => ({ path: `/depots/${integer(random, DEPOTS)}` }),
      },
      {
        route: 'GET /depots',
        weight: 2,
        request: (random) => ({ path: `/depots?country=${integer(random, 60)}` }),
      },
    ],
  },
  build(app) {
    const depots = Array.from({ length: DEPOTS }, (_, id) => ({
      id,
      country: id % 60,
      name: `Depot ${id}`,
      opening: Array.from({ length: 7 }, (_, day) => ({ day, from: 6 + (id % 3), until: 20 + (day % 2) })),
    }));
    app.post<{ Body: Parcel }>('/shipping/offers', function quoteShipping({ body }, reply) {
      const offers = offersFor(body);
      void reply.send({ cheapest: Math.min(...offers.map(({ cents }) => cents)), offers });
    });
    app.get<{ Params: { id: string } }>('/depots/:id', async ({ params }) => {
      await delay(4);
      return depots[Number(params.id)];
    });
    app.get<{ Querystring: { country: string } }>('/depots', async ({ query }) =>
      depots.filter(({ country }) => country === Number(query.country)).slice(0, 20),
    );
  },
};
