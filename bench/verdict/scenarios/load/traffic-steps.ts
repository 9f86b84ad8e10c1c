import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const STEP_SECONDS = 15;

interface Authorization {
  readonly order: string;
  readonly checks: readonly { readonly rule: string; readonly score: number }[];
}

/** The data of the fraud check is held until the bank answers. */
async function authorize(order: string, cents: number): Promise<Authorization> {
  const checks = Array.from({ length: 700 }, (_, i) => ({ rule: `${order}:${i}`, score: (cents * i) % 89 }));
  await delay(2_000 + (cents % 2_000));
  return { order, checks: checks.filter(({ score }) => score > 86) };
}

export const scenario: Scenario = {
  name: 'traffic-steps',
  about:
    'Traffic doubles and halves every fifteen seconds, and each payment waits some seconds for the bank.',
  label: { verdict: 'load-following', alsoRight: ['stable'] },
  load: {
    requestsPerSecond: (seconds) => (Math.floor(seconds / STEP_SECONDS) % 2 === 0 ? 60 : 120),
    mix: [
      {
        route: 'POST /payments',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: '/payments',
          body: { order: `order-${n}`, cents: 100 + integer(random, 50_000) },
        }),
      },
      { route: 'GET /banks', weight: 2, request: () => ({ path: '/banks' }) },
      {
        route: 'GET /banks/:id',
        weight: 2,
        request: (random) => ({ path: `/banks/${integer(random, 3_000)}` }),
      },
    ],
  },
  build(app) {
    const banks = Array.from({ length: 3_000 }, (_, id) => ({
      id,
      name: `Bank ${id}`,
      ranges: Array.from({ length: 25 }, (_, i) => ({
        from: id * 1_000 + i * 40,
        until: id * 1_000 + i * 40 + 39,
      })),
    }));
    app.post<{ Body: { order: string; cents: number } }>('/payments', async ({ body }) =>
      authorize(body.order, body.cents),
    );
    app.get('/banks', async () => banks.slice(0, 40).map(({ id, name }) => ({ id, name })));
    app.get<{ Params: { id: string } }>('/banks/:id', async ({ params }) => banks[Number(params.id)]);
  },
};
