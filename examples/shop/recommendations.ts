import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import type { Customer, Order, Product, ShopData } from './data.js';
import { NotFound } from './not-found.js';
import type { Routes } from './routes.js';

interface Recommendation {
  productId: number;
  name: string;
  score: number;
}

const LISTED = 12;
/** Orders processed before yielding to other requests. */
const CHUNK = 250;

/** Products that a customer may like, from the newest orders of others; computed lists are kept in a bounded cache. */
export class Recommender {
  readonly #data: ShopData;
  readonly #cache = new LRUCache<number, Recommendation[]>({ max: 200 });

  constructor(data: ShopData) {
    this.#data = data;
  }

  get size(): number {
    return this.#cache.size;
  }

  /** Fills the cache before the first request, so that filling up does not look like growth. */
  async warmUp(): Promise<void> {
    for (const customer of this.#data.customers.slice(0, this.#cache.max)) await this.recommend(customer);
  }

  async recommend(customer: Customer): Promise<Recommendation[]> {
    const known = this.#cache.get(customer.id);
    if (known !== undefined) return known;
    const owned = ownedBy(customer, this.#data.orders);
    const scores = new Map<number, number>();
    const recent = this.#data.orders.slice(-1_000);
    for (let start = 0; start < recent.length; start += CHUNK) {
      for (const order of recent.slice(start, start + CHUNK)) score(order, owned, scores);
      await setImmediate();
    }
    const list = best(scores, customer, this.#data.products);
    this.#cache.set(customer.id, list);
    return list;
  }
}

/** The recommendations of one customer. */
export const recommendationRoutes: Routes<{
  data: ShopData;
  recommender: Recommender;
}> = async (app, { data, recommender }) => {
  const recommendationsOf = async (customerId: number) => {
    const customer = data.customers[customerId - 1];
    if (customer === undefined) throw new NotFound('customer', customerId);
    return { customerId, items: await recommender.recommend(customer) };
  };
  app.get(
    '/customers/:id/recommendations',
    { schema: { params: Type.Object({ id: Type.Integer() }) } },
    (request) => recommendationsOf(request.params.id),
  );
};

function ownedBy(customer: Customer, orders: readonly Order[]): Set<number> {
  return new Set(
    customer.orderIds.flatMap((id) => orders[id - 1]?.lines.map((line) => line.productId) ?? []),
  );
}

function score(order: Order, owned: ReadonlySet<number>, scores: Map<number, number>): void {
  const shared = order.lines.filter((line) => owned.has(line.productId)).length;
  for (const { productId, quantity } of order.lines) {
    if (!owned.has(productId))
      scores.set(productId, (scores.get(productId) ?? 0) + quantity * (1 + 10 * shared));
  }
}

function best(
  scores: ReadonlyMap<number, number>,
  customer: Customer,
  products: readonly Product[],
): Recommendation[] {
  const ranked = [...scores].flatMap(([productId, score]) => {
    const product = products[productId - 1];
    if (product === undefined) return [];
    const liked = customer.favouriteCategories.includes(product.category);
    return [{ productId, name: product.name, score: liked ? 2 * score : score }];
  });
  return ranked.sort((a, b) => b.score - a.score || a.productId - b.productId).slice(0, LISTED);
}
