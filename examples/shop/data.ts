import { seededRandom, type Random } from './random.js';
import * as words from './vocabulary.js';

export interface Review {
  author: string;
  stars: number;
  text: string;
}

export interface Product {
  id: number;
  sku: string;
  name: string;
  category: string;
  priceCents: number;
  stock: number;
  /** Days from an order until it can be delivered. */
  leadDays: number;
  description: string;
  /** The available choices, and what each adds to the price, in cents. */
  options: Record<string, Record<string, number>>;
  engravingLength?: number;
  reviews: Review[];
}

export interface Customer {
  id: number;
  name: string;
  email: string;
  address: { street: string; city: string; country: string };
  favouriteCategories: string[];
  orderIds: number[];
}

export interface OrderLine {
  productId: number;
  name: string;
  quantity: number;
  unitCents: number;
}

export interface Order {
  id: number;
  customerId: number;
  country: string;
  /** ISO 8601, UTC. */
  placedAt: string;
  status: string;
  lines: OrderLine[];
  totalCents: number;
}

export interface ShopData {
  products: Product[];
  byCategory: ReadonlyMap<string, readonly Product[]>;
  customers: Customer[];
  /** Past orders, oldest first; their ids start at 1 and have no gaps. */
  orders: Order[];
}

export interface ShopSize {
  products: number;
  customers: number;
  orders: number;
}

export const DEFAULT_SIZE: ShopSize = { products: 3_000, customers: 4_000, orders: 12_000 };

/**
 * Generates the whole data set from a seed: about 25 MB at the default size.
 * Equal seeds and sizes give equal data.
 */
export function generateShop(seed = 20_24, size: ShopSize = DEFAULT_SIZE): ShopData {
  const random = seededRandom(seed);
  const products = fill(size.products, (index) => product(index + 1, random));
  const customers = fill(size.customers, (index) => customer(index + 1, random));
  const orders = fill(size.orders, (index) => pastOrder(index + 1, products, customers, random));
  for (const order of orders) customers[order.customerId - 1]?.orderIds.push(order.id);

  const byCategory = new Map<string, Product[]>(words.CATEGORIES.map((plan) => [plan.slug, []]));
  for (const product of products) byCategory.get(product.category)?.push(product);
  return { products, byCategory, customers, orders };
}

function fill<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => flattened(make(index)));
}

// Concatenated strings are ropes that V8 flattens on first use, which would look like growth under the first traffic.
// A round trip through JSON yields what a database driver yields: flat strings and objects of one shape.
function flattened<T>(record: T): T {
  return JSON.parse(JSON.stringify(record)) as T;
}

function product(id: number, random: Random): Product {
  const plan = random.pick(words.CATEGORIES);
  return {
    id,
    sku: `${plan.slug.slice(0, 3).toUpperCase()}-${String(id).padStart(6, '0')}`,
    name: `${random.pick(words.ADJECTIVES)} ${random.pick(plan.nouns)} no. ${random.integer(1, 99)}`,
    category: plan.slug,
    priceCents: random.integer(900, 48_000),
    stock: random.integer(0, 400),
    leadDays: random.integer(2, 20),
    description: fill(random.integer(8, 20), () => random.pick(words.SENTENCES)).join(' '),
    options: plan.options,
    ...(plan.engravingLength !== undefined && { engravingLength: plan.engravingLength }),
    reviews: fill(random.integer(2, 12), () => ({
      author: random.pick(words.FIRST_NAMES),
      stars: random.integer(2, 5),
      text: `${random.pick(words.REMARKS)} ${random.pick(words.REMARKS)}`,
    })),
  };
}

function customer(id: number, random: Random): Customer {
  const first = random.pick(words.FIRST_NAMES);
  const last = random.pick(words.LAST_NAMES);
  return {
    id,
    name: `${first} ${last}`,
    email: `${first}.${last}.${id}@shop.example`.toLowerCase(),
    address: {
      street: `${random.integer(1, 240)} ${random.pick(words.STREETS)}`,
      city: `${random.pick(words.ADJECTIVES)}ton`,
      country: random.pick(words.COUNTRIES),
    },
    favouriteCategories: fill(random.integer(1, 3), () => random.pick(words.CATEGORIES).slug),
    orderIds: [],
  };
}

const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(2025, 0, 1);

function pastOrder(
  id: number,
  products: readonly Product[],
  customers: readonly Customer[],
  random: Random,
): Order {
  const buyer = random.pick(customers);
  const lines = fill(random.integer(1, 6), () => {
    const { id: productId, name, priceCents } = random.pick(products);
    return { productId, name, quantity: random.integer(1, 3), unitCents: priceCents };
  });
  return {
    id,
    customerId: buyer.id,
    country: buyer.address.country,
    placedAt: new Date(
      FIRST_DAY_MS + random.integer(0, 90) * DAY_MS + random.integer(0, DAY_MS - 1),
    ).toISOString(),
    status: random.pick(['paid', 'packed', 'shipped', 'delivered']),
    lines,
    totalCents: totalCents(lines),
  };
}

/** The total price of the lines, in cents. */
export function totalCents(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0);
}
