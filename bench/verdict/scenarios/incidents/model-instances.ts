import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

/** One instance per row, so that changes are visible everywhere; but its key includes the unit of work. */
const identityMap = new Map<string, Model>();

class Model {
  readonly pk: number;
  readonly unit: string;
  isDirty = false;

  constructor(pk: number, unit: string) {
    this.pk = pk;
    this.unit = unit;
    identityMap.set(`${unit}/${new.target.name}/${pk}`, this);
  }
}

class Period extends Model {
  target = 100;
  actual: number;

  constructor(pk: number, unit: string) {
    super(pk, unit);
    this.actual = (pk * 13) % 100;
  }
}

class Indicator extends Model {
  readonly title: string;
  readonly periods: Period[];

  constructor(pk: number, unit: string) {
    super(pk, unit);
    this.title = `Indicator ${pk}`;
    this.periods = [0, 1].map((i) => new Period(pk * 4 + i, unit));
  }
}

async function loadResult(pk: number, unit: string): Promise<Indicator[]> {
  await delay(4);
  const indicators: Indicator[] = [];
  for (let i = 0; i < 3; i += 1) indicators.push(new Indicator(pk * 3 + i, unit));
  return indicators;
}

export const scenario: Scenario = {
  name: 'model-instances',
  about: 'The identity map of the model layer takes every instance of every request and releases none.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /results/:pk', 'PATCH /results/:pk'],
    site: { file: 'incidents/model-instances.ts', functions: ['loadResult', 'Indicator', 'Period', 'Model'] },
  },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'GET /results/:pk',
        weight: 4,
        request: (random) => ({ path: `/results/${integer(random, 3_000)}` }),
      },
      {
        route: 'PATCH /results/:pk',
        weight: 2,
        request: (random) => ({
          method: 'PATCH',
          path: `/results/${integer(random, 3_000)}`,
          body: { actual: integer(random, 100) },
        }),
      },
      {
        route: 'GET /updates',
        weight: 5,
        request: (random) => ({ path: `/updates?from=${integer(random, 7_900)}` }),
      },
      { route: 'GET /countries', weight: 3, request: () => ({ path: '/countries' }) },
    ],
  },
  build(app) {
    const updates = stored(
      Array.from({ length: 8_000 }, (_, n) => ({
        n,
        text: `Update ${n}: the well is dug. `.repeat(10) + n,
      })),
    );
    app.get<{ Params: { pk: string } }>('/results/:pk', async ({ params, id }) =>
      loadResult(Number(params.pk), id),
    );
    app.patch<{ Params: { pk: string }; Body: { actual: number } }>(
      '/results/:pk',
      async ({ params, body, id }) => {
        const [indicator] = await loadResult(Number(params.pk), id);
        const period = indicator!.periods[0]!;
        period.actual = body.actual;
        period.isDirty = true;
        return { pk: period.pk, share: period.actual / period.target };
      },
    );
    app.get<{ Querystring: { from: string } }>('/updates', async ({ query }) =>
      updates.slice(Number(query.from), Number(query.from) + 12),
    );
    app.get('/countries', async () =>
      Array.from({ length: 60 }, (_, i) => ({ code: `C${i}`, name: `Country ${i}` })),
    );
  },
};
