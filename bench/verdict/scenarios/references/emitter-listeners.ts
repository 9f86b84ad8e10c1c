import { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const SYMBOLS = 400;
const TICK_MS = 500;
const WINDOW = 150;

/** Lives as long as the process. The warning about many listeners was switched off when it first appeared. */
const feed = new EventEmitter().setMaxListeners(0);

interface Chart {
  readonly symbol: number;
  readonly prices: number[];
  readonly stop: () => void;
}

/** `stop` would remove the listener; the charts handler forgets to call it. */
function followSymbol(symbol: number, history: readonly number[]): Chart {
  const prices: number[] = [];
  for (const price of history) prices.push(price * 1.0001);
  const listener = (changed: number, price: number): void => {
    if (changed === symbol) prices[prices.length - 1] = price;
  };
  feed.on('tick', listener);
  return { symbol, prices, stop: () => feed.off('tick', listener) };
}

async function marketRoutes(app: FastifyInstance): Promise<void> {
  const histories = Array.from({ length: SYMBOLS }, (_, symbol) =>
    Array.from({ length: 5_000 }, (_, i) => 100 + symbol + Math.sin(i / 50)),
  );
  const ticking = setInterval(() => {
    for (let symbol = 0; symbol < 3; symbol += 1) feed.emit('tick', symbol, 100 + Math.random());
  }, TICK_MS);
  app.addHook('onClose', async () => clearInterval(ticking));

  app.get<{ Params: { symbol: string } }>('/charts/:symbol', async function drawChart({ params }) {
    const symbol = Number(params.symbol);
    const chart = followSymbol(symbol, histories[symbol]!.slice(-WINDOW));
    return { symbol, points: chart.prices };
  });
  app.get<{ Params: { symbol: string } }>('/quotes/:symbol', async ({ params }) => ({
    symbol: params.symbol,
    last: histories[Number(params.symbol)]!.at(-1),
  }));
  app.get('/summary', async () =>
    histories.slice(0, 100).map((prices, symbol) => ({ symbol, last: prices.at(-1) })),
  );
}

export const scenario: Scenario = {
  name: 'emitter-listeners',
  about: 'Each chart adds a listener to the market feed, which lives for ever, and none is removed.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /market/charts/:symbol'],
    site: { file: 'references/emitter-listeners.ts', functions: ['followSymbol', 'drawChart'] },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'GET /market/charts/:symbol',
        weight: 2,
        request: (random) => ({ path: `/market/charts/${integer(random, SYMBOLS)}` }),
      },
      {
        route: 'GET /market/quotes/:symbol',
        weight: 6,
        request: (random) => ({ path: `/market/quotes/${integer(random, SYMBOLS)}` }),
      },
      { route: 'GET /market/summary', weight: 2, request: () => ({ path: '/market/summary' }) },
    ],
  },
  async build(app) {
    await app.register(marketRoutes, { prefix: '/market' });
  },
};
