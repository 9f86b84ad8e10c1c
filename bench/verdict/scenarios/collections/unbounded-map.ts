import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Quote {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; readonly cents: number }[];
}

const quotes = new Map<string, Quote>();
let created = 0;

/** Every quote is kept "for later", and never requested again. */
function rememberQuote(skus: readonly string[]): Quote {
  created += 1;
  const id = `quote-${created}`;
  const lines = skus.map((sku, i) => ({ sku: `${sku}/${id}`, cents: 100 + i }));
  const quote = { id, lines };
  quotes.set(id, quote);
  return quote;
}

export const scenario: Scenario = {
  name: 'unbounded-map',
  about: 'Each quote goes into a Map that nothing ever removes it from.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /quotes'],
    site: { file: 'collections/unbounded-map.ts', functions: ['rememberQuote'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'POST /quotes',
        weight: 2,
        request: (random) => ({
          method: 'POST',
          path: '/quotes',
          body: { skus: Array.from({ length: 8 }, () => `sku-${integer(random, 10_000)}`) },
        }),
      },
      { route: 'GET /products', weight: 3, request: () => ({ path: '/products' }) },
      {
        route: 'GET /products/:id',
        weight: 5,
        request: (random) => ({ path: `/products/${integer(random, 500)}` }),
      },
    ],
  },
  build(app) {
    const products = Array.from({ length: 500 }, (_, id) => ({ id, name: `Product ${id}`, cents: id * 7 }));
    app.get('/products', async () => products.slice(0, 50));
    app.get<{ Params: { id: string } }>('/products/:id', async ({ params }) => products[Number(params.id)]);
    app.post<{ Body: { skus: string[] } }>('/quotes', async ({ body }) => {
      const { id, lines } = rememberQuote(body.skus);
      return { id, cents: lines.reduce((sum, line) => sum + line.cents, 0) };
    });
  },
};
