import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import type { Product, ShopData } from './data.js';
import { NotFound } from './not-found.js';
import { seededRandom } from './random.js';
import type { Routes } from './routes.js';

export interface CartItem {
  product: Product;
  quantity: number;
}

export interface Cart {
  id: string;
  customerId: number;
  items: CartItem[];
}

/** Open carts; the least recently used one is evicted for a new one. */
export class CartStore {
  readonly #carts = new LRUCache<string, Cart>({ max: 500 });

  /** Starts full, as after an hour of trading, so that filling up does not look like growth. */
  constructor(data: ShopData) {
    const random = seededRandom(7);
    for (let count = 0; count < this.#carts.max; count++) {
      const cart = this.open(random.pick(data.customers).id);
      for (let items = random.integer(1, 4); items > 0; items--)
        this.add(cart, random.pick(data.products), 1);
    }
  }

  get size(): number {
    return this.#carts.size;
  }

  open(customerId: number): Cart {
    const cart: Cart = { id: randomUUID(), customerId, items: [] };
    this.#carts.set(cart.id, cart);
    return cart;
  }

  /** @throws NotFound if the cart never existed or was evicted */
  get(id: string): Cart {
    const cart = this.#carts.get(id);
    if (cart === undefined) throw new NotFound('cart', id);
    return cart;
  }

  add(cart: Cart, product: Product, quantity: number): void {
    const same = cart.items.find((item) => item.product === product);
    if (same === undefined) cart.items.push({ product, quantity });
    else same.quantity += quantity;
  }

  close(cart: Cart): void {
    this.#carts.delete(cart.id);
  }
}

const CartParams = Type.Object({ id: Type.String({ maxLength: 36 }) });

/** Opens carts and adds items to them. */
export const cartRoutes: Routes<{ data: ShopData; carts: CartStore }> = async (app, { data, carts }) => {
  app.post(
    '/carts',
    { schema: { body: Type.Object({ customerId: Type.Integer({ minimum: 1 }) }) } },
    (request, reply) => {
      const customer = data.customers[request.body.customerId - 1];
      if (customer === undefined) throw new NotFound('customer', request.body.customerId);
      return reply.code(201).send(view(carts.open(customer.id)));
    },
  );

  app.get('/carts/:id', { schema: { params: CartParams } }, (request) => view(carts.get(request.params.id)));

  app.post(
    '/carts/:id/items',
    {
      schema: {
        params: CartParams,
        body: Type.Object({ productId: Type.Integer(), quantity: Type.Integer({ minimum: 1, maximum: 99 }) }),
      },
    },
    (request) => {
      const cart = carts.get(request.params.id);
      const product = data.products[request.body.productId - 1];
      if (product === undefined) throw new NotFound('product', request.body.productId);
      if (cart.items.length >= 20) throw new CartIsFull();
      carts.add(cart, product, request.body.quantity);
      return view(cart);
    },
  );
};

class CartIsFull extends Error {
  readonly statusCode = 409;

  constructor() {
    super('A cart holds 20 different products at most.');
  }
}

function view(cart: Cart) {
  const items = cart.items.map(({ product, quantity }) => ({
    productId: product.id,
    name: product.name,
    quantity,
    totalCents: quantity * product.priceCents,
  }));
  return { id: cart.id, customerId: cart.customerId, items };
}
