import { setTimeout as delay } from 'node:timers/promises';
import DataLoader from 'dataloader';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Parcel {
  readonly number: string;
  readonly to: string;
  readonly scans: readonly { readonly at: string; readonly hub: string }[];
}

/** Meant to live for one request; created once for all, it never forgets a parcel. */
const parcels = new DataLoader<string, Parcel>(readParcels);
const hubs = stored(
  Array.from({ length: 600 }, (_, i) => ({
    hub: `hub-${i}`,
    timetable: Array.from({ length: 800 }, (_, k) => k * 97 + i),
  })),
);

async function readParcels(numbers: readonly string[]): Promise<Parcel[]> {
  await delay(3);
  return numbers.map(parcelFromStore);
}

function parcelFromStore(number: string): Parcel {
  const scans: { at: string; hub: string }[] = [];
  for (let i = 0; i < 6; i += 1) {
    scans.push({ at: `2025-03-0${i + 1}T06:${number.slice(-2)}`, hub: `hub-${i * 31}` });
  }
  return { number, to: `${number.slice(-3)} Long Lane`, scans };
}

export const scenario: Scenario = {
  name: 'dataloader-global',
  about: 'A DataLoader with its cache on serves all requests and so remembers every parcel ever tracked.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /track'],
    site: { file: 'packages/dataloader-global.ts', functions: ['parcelFromStore', 'readParcels'] },
  },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'GET /track',
        weight: 3,
        request: (random) => ({
          path: `/track?numbers=${Array.from({ length: 2 + integer(random, 3) }, () => `P${1e9 + integer(random, 8e9)}`).join(',')}`,
        }),
      },
      { route: 'GET /hubs/:n', weight: 4, request: (random) => ({ path: `/hubs/${integer(random, 600)}` }) },
      {
        route: 'POST /quotes',
        weight: 3,
        request: (random) => ({
          method: 'POST',
          path: '/quotes',
          body: { grams: integer(random, 20_000), zone: integer(random, 9) },
        }),
      },
    ],
  },
  build(app) {
    app.get<{ Querystring: { numbers: string } }>('/track', async ({ query }) => {
      const found = await parcels.loadMany(query.numbers.split(','));
      return { found };
    });
    app.get<{ Params: { n: string } }>('/hubs/:n', async ({ params }) => {
      const { hub, timetable } = hubs[Number(params.n)]!;
      return { hub, next: timetable.slice(0, 150) };
    });
    app.post<{ Body: { grams: number; zone: number } }>('/quotes', ({ body }, reply) => {
      reply.send({ cents: 390 + Math.ceil(body.grams / 500) * 45 + body.zone * 120 });
    });
  },
};
