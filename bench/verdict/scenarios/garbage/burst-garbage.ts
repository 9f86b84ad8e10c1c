import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const EVERY_MS = 20_000;
const FIRST_MS = 5_000;
const STEPS = 20;
const ROWS = 90_000;

interface Totals {
  readonly computed: number;
  readonly byRegion: readonly number[];
}

/** About 200 MB of rows within three seconds, of which twelve sums are kept. */
async function computeTotals(computed: number): Promise<Totals> {
  const byRegion = Array.from({ length: 12 }, () => 0);
  for (let step = 0; step < STEPS; step += 1) {
    const rows = Array.from({ length: ROWS }, (_, i) => ({
      region: i % 12,
      amount: i / 3 + step,
      id: `${i}`,
    }));
    for (const { region, amount } of rows) byRegion[region] = (byRegion[region] ?? 0) + amount;
    await delay(100);
  }
  return { computed, byRegion };
}

export const scenario: Scenario = {
  name: 'burst-garbage',
  about:
    'Every twenty seconds the sums are computed from all sales at once, which leaves hundreds of megabytes of garbage.',
  label: { verdict: 'stable', alsoRight: ['churning'] },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'POST /sales',
        weight: 5,
        request: (random, n) => ({
          method: 'POST',
          path: '/sales',
          body: { register: n % 60, items: Array.from({ length: 6 }, () => integer(random, 20_000)) },
        }),
      },
      { route: 'GET /totals', weight: 2, request: () => ({ path: '/totals' }) },
      {
        route: 'GET /items/:id',
        weight: 4,
        request: (random) => ({ path: `/items/${integer(random, 20_000)}` }),
      },
    ],
  },
  build(app) {
    const items = Array.from({ length: 20_000 }, (_, id) => ({
      id,
      name: `Item number ${id}`,
      cents: (id * 37) % 9_000,
      tags: [`shelf-${id % 300}`, `supplier-${id % 77}`],
    }));
    const sums = new Float64Array(60);
    let totals: Totals = { computed: 0, byRegion: [] };
    const compute = async (): Promise<void> => {
      totals = await computeTotals(totals.computed + 1);
    };
    const first = setTimeout(() => void compute(), FIRST_MS);
    const computing = setInterval(() => void compute(), EVERY_MS);
    app.addHook('onClose', async () => {
      clearTimeout(first);
      clearInterval(computing);
    });

    app.post<{ Body: { register: number; items: number[] } }>('/sales', async ({ body }) => {
      const cents = body.items.reduce((sum, id) => sum + (items[id]?.cents ?? 0), 0);
      sums[body.register] = (sums[body.register] ?? 0) + cents;
      return { cents, register: body.register };
    });
    app.get('/totals', async () => totals);
    app.get<{ Params: { id: string } }>('/items/:id', async ({ params }) => items[Number(params.id)]);
  },
};
