import lodash from 'lodash';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const SHOPS = 300;

interface Rule {
  readonly shop: number;
  readonly limits: readonly { readonly limit: string; readonly cents: number }[];
}

/** "Computed once per order", with a closure of the library for each order that there ever was. */
const checkOf = lodash.memoize((order: string) =>
  lodash.partial(
    checkOrder,
    order,
    lodash.once(() => limitsOf(order)),
  ),
);

function limitsOf(order: string): Rule {
  const limits = [];
  for (let i = 0; i < 7; i += 1) limits.push({ limit: `limit ${i} of ${order}`, cents: 1_000 * (i + 1) });
  return { shop: order.length, limits };
}

function checkOrder(order: string, limits: () => Rule, cents: number): boolean {
  return limits().limits.every((one) => one.cents !== cents + order.length);
}

export const scenario: Scenario = {
  name: 'memoized-closures',
  about: 'A memoized function returns closures of the library, which hold what they computed for each order.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /orders/:id/check'],
    site: {
      file: 'packages/memoized-closures.ts',
      functions: ['limitsOf', 'checkOf', 'checkOrder', '(anonymous)'],
    },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'POST /orders/:id/check',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: `/orders/o${n}-${integer(random, 1e6)}/check`,
          body: { cents: integer(random, 90_000) },
        }),
      },
      {
        route: 'POST /shops/:shop/check',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: `/shops/${integer(random, SHOPS)}/check`,
          body: { cents: integer(random, 90_000) },
        }),
      },
      { route: 'GET /shops', weight: 3, request: () => ({ path: '/shops' }) },
    ],
  },
  build(app) {
    const shops = Array.from({ length: SHOPS }, (_, id) => ({ id, name: `Shop ${id}` }));
    app.post<{ Params: { id: string }; Body: { cents: number } }>(
      '/orders/:id/check',
      async ({ params, body }) => {
        await delay(2);
        return { fine: checkOf(params.id)(body.cents) };
      },
    );
    app.post<{ Params: { shop: string }; Body: { cents: number } }>(
      '/shops/:shop/check',
      async ({ params, body }) => {
        await delay(2);
        return { fine: checkOf(`shop ${params.shop}`)(body.cents) };
      },
    );
    app.get('/shops', async () => shops);
  },
};
