import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const REFRESH_MS = 8_000;
const PRODUCTS = 45_000;

interface Price {
  readonly sku: string;
  readonly gross: number;
  readonly tiers: readonly number[];
}

/** The current price list of the upstream system. */
function downloadPrices(version: number): Map<string, Price> {
  const prices = new Map<string, Price>();
  for (let i = 0; i < PRODUCTS; i += 1) {
    const gross = 1 + ((i * 7_919 + version * 31) % 99_991) / 100;
    prices.set(`sku-${i}`, {
      sku: `sku-${i}/${version}`,
      gross,
      tiers: Array.from({ length: 24 }, (_, tier) => gross * (1 - tier / 100)),
    });
  }
  return prices;
}

export const scenario: Scenario = {
  name: 'sawtooth-refresh',
  about: 'The price list is downloaded anew every eight seconds and takes the place of the old one.',
  label: { verdict: 'stable' },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'GET /prices/:sku',
        weight: 6,
        request: (random) => ({ path: `/prices/sku-${integer(random, PRODUCTS)}` }),
      },
      {
        route: 'POST /basket',
        weight: 3,
        request: (random) => ({
          method: 'POST',
          path: '/basket',
          body: { items: Array.from({ length: 15 }, () => `sku-${integer(random, PRODUCTS)}`) },
        }),
      },
      { route: 'GET /version', weight: 1, request: () => ({ path: '/version' }) },
    ],
  },
  build(app) {
    let version = 1;
    let prices = downloadPrices(version);
    const refreshing = setInterval(() => {
      version += 1;
      prices = downloadPrices(version);
    }, REFRESH_MS);
    app.addHook('onClose', async () => clearInterval(refreshing));

    app.get<{ Params: { sku: string } }>('/prices/:sku', async ({ params }) => prices.get(params.sku));
    app.post<{ Body: { items: string[] } }>('/basket', async ({ body }) => {
      const lines = body.items.map((sku) => prices.get(sku)).filter((price) => price !== undefined);
      return { lines, total: lines.reduce((sum, { gross }) => sum + gross, 0) };
    });
    app.get('/version', async () => ({ version, products: prices.size }));
  },
};
