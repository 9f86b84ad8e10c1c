import { setTimeout as delay } from 'node:timers/promises';
import NodeCache from 'node-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PLACES = 200_000;

interface Forecast {
  readonly place: number;
  readonly hours: readonly {
    readonly hour: number;
    readonly celsius: number;
    readonly millimetres: number;
  }[];
}

async function forecastFor(place: number): Promise<Forecast> {
  await delay(2 + (place % 5));
  const hours = Array.from({ length: 96 }, (_, hour) => ({
    hour,
    celsius: 12 + 9 * Math.sin((hour + place) / 4),
    millimetres: Math.max(0, Math.cos(place + hour)),
  }));
  return { place, hours };
}

export const scenario: Scenario = {
  name: 'ttl-cache',
  about: 'Forecasts of places hardly asked for twice are cached for eight seconds each.',
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following'] },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'GET /v1/forecast',
        weight: 5,
        request: (random) => ({ path: `/v1/forecast?place=${integer(random, PLACES)}` }),
      },
      {
        route: 'GET /v1/stations/:id',
        weight: 3,
        request: (random) => ({ path: `/v1/stations/${integer(random, 6_000)}` }),
      },
      { route: 'GET /v1/warnings', weight: 1, request: () => ({ path: '/v1/warnings' }) },
    ],
  },
  async build(app) {
    const forecasts = new NodeCache({ stdTTL: 8, checkperiod: 2, useClones: false });
    app.addHook('onClose', async () => forecasts.close());
    const stations = Array.from({ length: 6_000 }, (_, id) => ({
      id,
      name: `Station ${id}`,
      record: Array.from({ length: 60 }, (_, year) => 20 + Math.sin(year * id) * 15),
    }));

    await app.register(
      async (api) => {
        api.get<{ Querystring: { place: string } }>('/forecast', async ({ query }) => {
          let forecast = forecasts.get<Forecast>(query.place);
          if (forecast === undefined) {
            forecast = await forecastFor(Number(query.place));
            forecasts.set(query.place, forecast);
          }
          return { place: forecast.place, hours: forecast.hours.slice(0, 24) };
        });
        api.get<{ Params: { id: string } }>(
          '/stations/:id',
          async ({ params }) => stations[Number(params.id)],
        );
        api.get('/warnings', async () => stations.filter(({ id }) => id % 500 === 7));
      },
      { prefix: '/v1' },
    );
  },
};
