import Fastify, { type FastifyInstance } from 'fastify';
import { CartStore, cartRoutes } from './carts.js';
import { catalogRoutes } from './catalog.js';
import { DEFAULT_SIZE, generateShop, type ShopSize } from './data.js';
import { OrderStore, orderRoutes } from './orders.js';
import { quoteRoutes } from './quotes.js';
import { Recommender, recommendationRoutes } from './recommendations.js';
import { reportRoutes } from './reports.js';

export interface ShopOptions {
  /** Whether the quote route misuses Ajv; without that the shop leaks nothing. */
  leak: boolean;
  /** Amount of data; about 25 MB by default. */
  size?: ShopSize;
  /** Registers plugins before all routes, as required by plugins that observe routes. */
  prepare?: (app: FastifyInstance) => Promise<void>;
}

/** A shop with filled data and stores, ready to listen. */
export async function buildShop({
  leak,
  size = DEFAULT_SIZE,
  prepare,
}: ShopOptions): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'warn' } });
  await prepare?.(app);

  const data = generateShop(undefined, size);
  const carts = new CartStore(data);
  const orders = new OrderStore(data);
  const recommender = new Recommender(data);
  await recommender.warmUp();

  await app.register(catalogRoutes, { data });
  await app.register(quoteRoutes, { data, leak });
  await app.register(cartRoutes, { data, carts });
  await app.register(orderRoutes, { data, carts, orders });
  await app.register(recommendationRoutes, { data, recommender });
  await app.register(reportRoutes, { data });
  return app;
}
