import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import type { Cart, CartStore } from './carts.js';
import { totalCents, type Order, type ShopData } from './data.js';
import { NotFound } from './not-found.js';
import type { Routes } from './routes.js';

/** Past orders of the data set, and the newest orders placed while the shop runs. */
export class OrderStore {
  readonly #past: readonly Order[];
  readonly #placed = new LRUCache<number, Order>({ max: 500 });
  #lastId: number;

  /** Starts full, with copies of past orders, so that filling up does not look like growth. */
  constructor(data: ShopData) {
    this.#past = data.orders;
    this.#lastId = data.orders.length;
    for (const { customerId, country, lines } of data.orders.slice(-this.#placed.max)) {
      this.#keep({ customerId, country, lines: structuredClone(lines) });
    }
  }

  get size(): number {
    return this.#placed.size;
  }

  /** @throws NotFound if there is no such order, or it is too old */
  get(id: number): Order {
    // A lookup does not refresh an order: the newest ones are kept, whatever customers view.
    const order = this.#past[id - 1] ?? this.#placed.peek(id);
    if (order === undefined) throw new NotFound('order', id);
    return order;
  }

  place(cart: Cart, country: string): Order {
    const lines = cart.items.map(({ product, quantity }) => ({
      productId: product.id,
      name: product.name,
      quantity,
      unitCents: product.priceCents,
    }));
    return this.#keep({ customerId: cart.customerId, country, lines });
  }

  #keep({ customerId, country, lines }: Pick<Order, 'customerId' | 'country' | 'lines'>): Order {
    const order: Order = {
      id: ++this.#lastId,
      customerId,
      country,
      placedAt: new Date().toISOString(),
      status: 'paid',
      lines,
      totalCents: totalCents(lines),
    };
    this.#placed.set(order.id, order);
    return order;
  }
}

class CartIsEmpty extends Error {
  readonly statusCode = 422;

  constructor() {
    super('An empty cart cannot be ordered.');
  }
}

/** Turns a cart into an order, and looks orders up. */
export const orderRoutes: Routes<{
  data: ShopData;
  carts: CartStore;
  orders: OrderStore;
}> = async (app, { data, carts, orders }) => {
  app.post(
    '/orders',
    { schema: { body: Type.Object({ cartId: Type.String({ maxLength: 36 }) }) } },
    (request, reply) => {
      const cart = carts.get(request.body.cartId);
      if (cart.items.length === 0) throw new CartIsEmpty();
      const customer = data.customers[cart.customerId - 1];
      if (customer === undefined) throw new NotFound('customer', cart.customerId);
      const order = orders.place(cart, customer.address.country);
      carts.close(cart);
      return reply.code(201).send(order);
    },
  );

  app.get('/orders/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, (request) => {
    const order = orders.get(request.params.id);
    const customer = data.customers[order.customerId - 1];
    return { ...order, customer: { name: customer?.name, address: customer?.address } };
  });
};
