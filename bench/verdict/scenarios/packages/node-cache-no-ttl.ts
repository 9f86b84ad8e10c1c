import { setTimeout as delay } from 'node:timers/promises';
import NodeCache from 'node-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Forecast {
  readonly place: string;
  readonly hours: readonly { readonly hour: number; readonly celsius: number }[];
}

/** Without `stdTTL` nothing ever expires, and coordinates rarely repeat. */
const cache = new NodeCache();
const grid = Float64Array.from({ length: 720 * 360 }, (_, i) => Math.cos(i / 1000) * 25);

async function compute(place: string, lat: number, lon: number): Promise<Forecast> {
  await delay(4);
  const base = grid[Math.floor(lat * 2) * 720 + Math.floor(lon * 2)] ?? 0;
  return {
    place,
    hours: Array.from({ length: 12 }, (_, hour) => ({ hour, celsius: base + Math.sin(hour / 4) * 3.3 })),
  };
}

async function forecastAt(lat: number, lon: number): Promise<Forecast> {
  const place = `${lat.toFixed(4)},${lon.toFixed(4)}`;
  const known = cache.get<Forecast>(place);
  if (known !== undefined) return known;
  const forecast = await compute(place, lat, lon);
  cache.set(place, forecast);
  return forecast;
}

export const scenario: Scenario = {
  name: 'node-cache-no-ttl',
  about: 'Forecasts go into a node-cache without a time to live, by coordinates of ten metres.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /forecast'],
    site: { file: 'packages/node-cache-no-ttl.ts', functions: ['forecastAt'] },
  },
  load: {
    requestsPerSecond: 110,
    mix: [
      {
        route: 'GET /forecast',
        weight: 4,
        request: (random) => ({
          path: `/forecast?lat=${(random() * 179).toFixed(5)}&lon=${(random() * 359).toFixed(5)}`,
        }),
      },
      {
        route: 'GET /grid/:row',
        weight: 3,
        request: (random) => ({ path: `/grid/${integer(random, 360)}` }),
      },
      { route: 'GET /alerts', weight: 3, request: () => ({ path: '/alerts' }) },
    ],
  },
  build(app) {
    app.get<{ Querystring: { lat: string; lon: string } }>('/forecast', async ({ query }) =>
      forecastAt(Number(query.lat), Number(query.lon)),
    );
    app.get<{ Params: { row: string } }>('/grid/:row', async ({ params }) => {
      const row = Number(params.row) * 720;
      return [...grid.subarray(row, row + 300)].map((celsius) => Math.round(celsius * 10) / 10);
    });
    app.get('/alerts', async () =>
      Array.from({ length: 25 }, (_, i) => ({
        region: `region ${i}`,
        level: i % 4,
        text: `Strong wind in region ${i} until noon`,
      })),
    );
  },
};
