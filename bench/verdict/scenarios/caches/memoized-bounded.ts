import memoize from 'lodash/memoize.js';
import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const REMEMBERED = 2_000;

interface Plan {
  readonly months: readonly { readonly month: number; readonly interest: number; readonly rest: number }[];
}

function repaymentPlan(cents: number, basisPoints: number): Plan {
  let rest = cents;
  const months = Array.from({ length: 72 }, (_, month) => {
    const interest = (rest * basisPoints) / 120_000;
    rest -= cents / 72 - interest / 3;
    return { month, interest, rest };
  });
  return { months };
}

const plan = memoize(repaymentPlan, (cents: number, basisPoints: number) => `${cents}@${basisPoints}`);
plan.cache = new LRUCache<string, Plan>({ max: REMEMBERED });

export const scenario: Scenario = {
  name: 'memoized-bounded',
  about: 'A memoized function of nearly always new arguments remembers the last two thousand results.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'POST /loans/plan',
        weight: 5,
        request: (random) => ({
          method: 'POST',
          path: '/loans/plan',
          body: { cents: 100_000 + integer(random, 9_000_000), basisPoints: 150 + integer(random, 500) },
        }),
      },
      { route: 'GET /rates', weight: 3, request: () => ({ path: '/rates' }) },
      {
        route: 'GET /branches/:id',
        weight: 2,
        request: (random) => ({ path: `/branches/${integer(random, 4_000)}` }),
      },
    ],
  },
  build(app) {
    const branches = Array.from({ length: 4_000 }, (_, id) => ({
      id,
      address: `${id} High Street, District ${id % 87}`,
      hours: Array.from({ length: 7 }, (_, day) => ({ day, opens: 8 + (id % 3), closes: 16 + (day % 3) })),
    }));
    const rates = Array.from({ length: 40 }, (_, years) => ({ years, basisPoints: 210 + years * 4 }));

    app.post<{ Body: { cents: number; basisPoints: number } }>('/loans/plan', async ({ body }) => {
      const { months } = plan(body.cents, body.basisPoints);
      return { first: months[0], last: months.at(-1), months: months.length };
    });
    app.get('/rates', async () => rates);
    app.get<{ Params: { id: string } }>('/branches/:id', async ({ params }) => branches[Number(params.id)]);
  },
};
