import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const PRODUCTS = 10_000;

interface Product {
  readonly id: number;
  readonly name: string;
  cents: number;
}

interface Wish {
  readonly sku: number;
  readonly name: string;
  readonly centsThen: number;
  readonly note: string;
}

/** Called when a price list is imported. Hooks can be added, but not removed. */
const priceHooks: ((changed: Product) => void)[] = [];

function onPriceChange(hook: (changed: Product) => void): void {
  priceHooks.push(hook);
}

export const scenario: Scenario = {
  name: 'closures',
  about:
    'Each saved wish list adds a callback to a global list of hooks, and the callback captures the whole list.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /wishlists'],
    site: { file: 'references/closures.ts', functions: ['saveWishlist', 'collectWishes', 'onPriceChange'] },
  },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'POST /wishlists',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/wishlists',
          body: { owner: `shopper-${n}`, skus: Array.from({ length: 12 }, () => integer(random, PRODUCTS)) },
        }),
      },
      {
        route: 'GET /products/:sku',
        weight: 6,
        request: (random) => ({ path: `/products/${integer(random, PRODUCTS)}` }),
      },
      { route: 'GET /offers', weight: 2, request: () => ({ path: '/offers' }) },
    ],
  },
  build(app) {
    const products = stored(
      Array.from({ length: PRODUCTS }, (_, id): Product & { text: string } => ({
        id,
        name: `Product ${id}`,
        cents: 100 + id,
        text: `About ${id}. `.repeat(40),
      })),
    );

    function collectWishes(owner: string, skus: readonly number[]): Wish[] {
      const wishes = [];
      for (const sku of skus) {
        const { name, cents } = products[sku]!;
        wishes.push({ sku, name, centsThen: cents, note: `wished for by ${owner} at ${cents / 100}` });
      }
      return wishes;
    }

    app.post<{ Body: { owner: string; skus: number[] } }>(
      '/wishlists',
      async function saveWishlist({ body }, reply) {
        await delay(2);
        const wishes = collectWishes(body.owner, body.skus);
        let notified = 0;
        onPriceChange((changed) => {
          if (wishes.some((wish) => wish.sku === changed.id && wish.centsThen > changed.cents)) notified += 1;
        });
        return reply.code(201).send({ saved: wishes.length, notified });
      },
    );
    app.get<{ Params: { sku: string } }>(
      '/products/:sku',
      async ({ params }) => products[Number(params.sku)],
    );
    app.get('/offers', async () => products.slice(0, 30).map(({ id, name, cents }) => ({ id, name, cents })));
  },
};
