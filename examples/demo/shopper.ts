import type { Random } from '../shop/random.js';
import { ADJECTIVES, CATEGORIES } from '../shop/vocabulary.js';
import { DEFAULT_SIZE } from '../shop/data.js';
import type { Kind } from './mix.js';

export interface ShopRequest {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** The expected status. */
  expected: number;
  /** Stores what later requests need from the answer. */
  learn?: (answer: unknown) => void;
  /** Disconnect before the answer arrives. */
  abort?: true;
}

interface SeenProduct {
  id: number;
  leadDays: number;
  options: Record<string, Record<string, number>>;
}

interface SeenCart {
  id: string;
  items: number;
}

/** Number of carts and products that customers view at about the same time. */
const REMEMBERED = 40;
/** The newest carts are still being filled and viewed; older ones are ordered, so that no order overtakes an item. */
const BEING_FILLED = 20;

/** All customers of the shop combined: knows the carts it has opened and the products it has seen. */
export class Shopper {
  readonly #random: Random;
  readonly #products: SeenProduct[] = [];
  readonly #carts: SeenCart[] = [];
  #newestOrder = DEFAULT_SIZE.orders;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next request of a kind, or the one that must precede it. */
  request(kind: Kind): ShopRequest {
    switch (kind) {
      case 'search':
        return this.#search();
      case 'product':
        return this.#product();
      case 'category':
        return get(
          `/categories/${this.#random.pick(CATEGORIES).slug}/products?page=${this.#random.integer(1, 8)}`,
        );
      case 'quote':
        return this.#quote();
      case 'openCart':
        return this.#openCart();
      case 'addItem':
        return this.#addItem();
      case 'viewCart':
        return this.#viewCart();
      case 'order':
        return this.#order();
      case 'lookUpOrder':
        return get(`/orders/${this.#newestOrder - this.#random.integer(0, 400)}`);
      case 'recommendations':
        return get(`/customers/${this.#random.integer(1, DEFAULT_SIZE.customers)}/recommendations`);
      case 'report':
        return get('/reports/daily');
      case 'missing':
        return {
          ...get(`/products/${DEFAULT_SIZE.products + this.#random.integer(1, 1_000)}`),
          expected: 404,
        };
      case 'abandoned':
        return { ...get('/reports/daily?country=DE'), abort: true };
    }
  }

  #search(): ShopRequest {
    const word = this.#random.pick(ADJECTIVES).toLowerCase();
    return get(`/products?search=${word}&sort=${this.#random.pick(['name', 'price'])}&perPage=20`);
  }

  #product(): ShopRequest {
    const learn = (answer: unknown) => remember(this.#products, answer as SeenProduct);
    return { ...get(`/products/${this.#random.integer(1, DEFAULT_SIZE.products)}`), learn };
  }

  #quote(): ShopRequest {
    if (this.#products.length === 0) return this.#product();
    const { id, options, leadDays } = this.#random.pick(this.#products);
    const deliverOn = isoDay(leadDays + this.#random.integer(1, 60));
    const choices = Object.entries(options).map(([name, values]) => [
      name,
      this.#random.pick(Object.keys(values)),
    ]);
    // Now and then a customer requests something that cannot be made.
    const impossible = this.#random.next() < 0.05 ? { trim: 'gold' } : undefined;
    const body = {
      quantity: this.#random.integer(1, 20),
      choices: { deliverOn, ...Object.fromEntries(choices), ...impossible },
    };
    return post(`/products/${id}/quote`, body, impossible === undefined ? 200 : 422);
  }

  #openCart(): ShopRequest {
    const learn = (answer: unknown) => remember(this.#carts, { id: (answer as SeenCart).id, items: 0 });
    return { ...post('/carts', { customerId: this.#random.integer(1, DEFAULT_SIZE.customers) }, 201), learn };
  }

  #addItem(): ShopRequest {
    const open = this.#beingFilled().filter((cart) => cart.items < 8);
    if (open.length === 0) return this.#openCart();
    const cart = this.#random.pick(open);
    const body = {
      productId: this.#random.integer(1, DEFAULT_SIZE.products),
      quantity: this.#random.integer(1, 3),
    };
    return { ...post(`/carts/${cart.id}/items`, body, 200), learn: () => void cart.items++ };
  }

  #viewCart(): ShopRequest {
    const open = this.#beingFilled();
    return open.length === 0 ? this.#openCart() : get(`/carts/${this.#random.pick(open).id}`);
  }

  #beingFilled(): SeenCart[] {
    return this.#carts.slice(-BEING_FILLED);
  }

  #order(): ShopRequest {
    const index = this.#carts.slice(0, -BEING_FILLED).findIndex((cart) => cart.items > 0);
    const [cart] = index < 0 ? [] : this.#carts.splice(index, 1);
    if (cart === undefined) return this.#addItem();
    const learn = (answer: unknown) => void (this.#newestOrder = (answer as { id: number }).id);
    return { ...post('/orders', { cartId: cart.id }, 201), learn };
  }
}

function isoDay(daysFromNow: number): string {
  return new Date(Date.now() + daysFromNow * 86_400_000).toISOString().slice(0, 10);
}

function get(path: string): ShopRequest {
  return { method: 'GET', path, expected: 200 };
}

function post(path: string, body: unknown, expected: number): ShopRequest {
  return { method: 'POST', path, body, expected };
}

function remember<T>(seen: T[], item: T): void {
  seen.push(item);
  if (seen.length > REMEMBERED) seen.shift();
}
