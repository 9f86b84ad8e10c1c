import { setTimeout as delay } from 'node:timers/promises';
import DataLoader from 'dataloader';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PRODUCTS = 20_000;
const BATCH_MS = 12;

interface PriceKey {
  readonly product: number;
  /** Of a date in the past; otherwise of today. */
  readonly asOf?: string;
}

interface Price {
  readonly product: number;
  readonly steps: readonly { readonly from: number; readonly cents: number; readonly note: string }[];
}

/** Prices of the past never change, so they are kept, by product and by the second that was asked for. */
const past = new Map<string, Price>();

/** One query for all requests of some milliseconds: a batch holds keys of both routes. */
const prices = new DataLoader<PriceKey, Price>(readPrices, {
  cache: false,
  batchScheduleFn: (run) => setTimeout(run, BATCH_MS),
});

async function readPrices(keys: readonly PriceKey[]): Promise<Price[]> {
  await delay(3);
  return keys.map((key) => {
    const price = priceOf(key);
    if (key.asOf !== undefined) past.set(`${key.product}@${key.asOf}`, price);
    return price;
  });
}

function priceOf({ product, asOf = 'today' }: PriceKey): Price {
  const steps = [];
  for (let i = 0; i < 10; i += 1)
    steps.push({ from: 10 ** i, cents: (product % 900) + i, note: `${i} of ${product} at ${asOf}` });
  return { product, steps };
}

function sum(all: readonly (Price | Error)[]): number {
  return all.reduce((cents, one) => cents + (one instanceof Error ? 0 : one.steps[0]!.cents), 0);
}

export const scenario: Scenario = {
  name: 'dataloader-batches',
  about: 'A DataLoader batches the keys of all requests, and what it reads for one route is kept for ever.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /invoices/check'],
    site: { file: 'packages/dataloader-batches.ts', functions: ['priceOf', 'readPrices'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /basket',
        weight: 5,
        request: (random) => ({
          path: `/basket?products=${integer(random, PRODUCTS)},${integer(random, PRODUCTS)}`,
        }),
      },
      {
        route: 'POST /invoices/check',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/invoices/check',
          body: {
            products: [integer(random, PRODUCTS), integer(random, PRODUCTS)],
            asOf: `2024-05-${10 + (n % 20)}T10:${n}`,
          },
        }),
      },
      {
        route: 'GET /products/:id',
        weight: 4,
        request: (random) => ({ path: `/products/${integer(random, PRODUCTS)}` }),
      },
    ],
  },
  build(app) {
    app.get<{ Querystring: { products: string } }>('/basket', async ({ query }) => {
      const keys = query.products.split(',').map((product) => ({ product: Number(product) }));
      return { cents: sum(await prices.loadMany(keys)) };
    });
    app.post<{ Body: { products: number[]; asOf: string } }>('/invoices/check', async ({ body }) => {
      const keys = body.products.map((product) => ({ product, asOf: body.asOf }));
      return { cents: sum(await prices.loadMany(keys)) };
    });
    app.get<{ Params: { id: string } }>('/products/:id', async ({ params }) => ({
      id: params.id,
      sizes: Array.from({ length: 30 }, (_, i) => `${params.id}-${i}`),
    }));
  },
};
