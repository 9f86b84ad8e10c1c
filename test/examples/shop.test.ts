import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { buildShop } from '../../examples/shop/app.js';
import { CartStore } from '../../examples/shop/carts.js';
import { generateShop } from '../../examples/shop/data.js';
import { OrderStore } from '../../examples/shop/orders.js';
import { plantedLeak } from '../../examples/shop/planted.js';
import { seededRandom } from '../../examples/shop/random.js';
import { Recommender } from '../../examples/shop/recommendations.js';

const size = { products: 120, customers: 240, orders: 700 };
const data = generateShop(undefined, size);

async function open(t: Test, leak: boolean) {
  const app = await buildShop({ leak, size });
  t.teardown(() => app.close());
  const get = async (url: string) => app.inject({ method: 'GET', url });
  const post = async (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
  return { app, get, post };
}

t.test('the same seed makes the same data', async (t) => {
  t.same(generateShop(3, size).orders[5], generateShop(3, size).orders[5]);
  t.not(generateShop(3, size).customers[5]?.email, undefined);
  t.notSame(generateShop(3, size).orders.slice(0, 9), generateShop(4, size).orders.slice(0, 9));
  t.throws(() => seededRandom(1).pick([]), RangeError);
});

t.test('products are searched, filtered, sorted and paged', async (t) => {
  const { get } = await open(t, false);
  const all = (await get('/products?perPage=5&sort=price')).json();
  t.equal(all.total, size.products);
  t.equal(all.items.length, 5);
  const prices = all.items.map((item: { priceCents: number }) => item.priceCents);
  t.same(
    prices,
    prices.toSorted((a: number, b: number) => a - b),
  );
  t.same(Object.keys(all.items[0]).toSorted(), ['category', 'id', 'name', 'priceCents', 'sku', 'stars']);

  const chairs = (await get('/products?category=chairs&maxCents=20000&perPage=100')).json();
  const truth = data.products.filter(
    (product) => product.category === 'chairs' && product.priceCents <= 20_000,
  );
  t.equal(chairs.total, truth.length);
  const sku = data.products[7]?.sku ?? '';
  t.equal((await get(`/products?search=${sku.toLowerCase()}`)).json().items[0].sku, sku);
  t.equal((await get('/products?page=0')).statusCode, 400);
});

t.test('a product, a category, a report and recommendations are shown', async (t) => {
  const { get } = await open(t, false);
  t.equal((await get('/products/3')).json().name, data.products[2]?.name);
  t.equal((await get('/categories')).json().length, 12);
  const category = (await get('/categories/mugs/products?page=1')).json();
  t.equal(category.total, data.byCategory.get('mugs')?.length);

  const report = (await get('/reports/daily?country=DE')).json();
  const german = data.orders.filter((order) => order.country === 'DE');
  t.equal(
    report.days.reduce((sum: number, day: { orders: number }) => sum + day.orders, 0),
    german.length,
  );
  const recommended = (await get('/customers/2/recommendations')).json();
  t.equal(recommended.items.length, 12);
  t.same((await get('/customers/2/recommendations')).json(), recommended);
});

t.test('a cart is opened, filled and ordered', async (t) => {
  const { get, post } = await open(t, false);
  const opened = await post('/carts', { customerId: 5 });
  t.equal(opened.statusCode, 201);
  const { id } = opened.json();
  t.equal((await post('/orders', { cartId: id })).statusCode, 422);
  await post(`/carts/${id}/items`, { productId: 9, quantity: 2 });
  await post(`/carts/${id}/items`, { productId: 9, quantity: 1 });
  t.match((await get(`/carts/${id}`)).json(), { customerId: 5, items: [{ productId: 9, quantity: 3 }] });

  const ordered = await post('/orders', { cartId: id });
  t.equal(ordered.statusCode, 201);
  t.equal(ordered.json().totalCents, 3 * (data.products[8]?.priceCents ?? Number.NaN));
  t.match((await get(`/orders/${ordered.json().id}`)).json(), {
    customer: { name: data.customers[4]?.name },
  });
  t.equal((await get(`/carts/${id}`)).statusCode, 404, 'the cart is gone');
});

t.test('a cart does not take more than 20 different products', async (t) => {
  const { post } = await open(t, false);
  const { id } = (await post('/carts', { customerId: 1 })).json();
  for (let productId = 1; productId <= 20; productId++) {
    t.equal((await post(`/carts/${id}/items`, { productId, quantity: 1 })).statusCode, 200);
  }
  t.equal((await post(`/carts/${id}/items`, { productId: 21, quantity: 1 })).statusCode, 409);
});

t.test('what does not exist is not found', async (t) => {
  const { get, post } = await open(t, false);
  for (const url of [
    '/products/9999',
    '/categories/none/products',
    '/orders/99999',
    '/customers/999/recommendations',
  ]) {
    const answer = await get(url);
    t.equal(answer.statusCode, 404, url);
    t.match(answer.json().message, /There is no/);
  }
  t.equal((await post('/carts', { customerId: 9_999 })).statusCode, 404);
  t.equal((await post('/products/9999/quote', { quantity: 1, choices: {} })).statusCode, 404);
  const { id } = (await post('/carts', { customerId: 1 })).json();
  t.equal((await post(`/carts/${id}/items`, { productId: 9_999, quantity: 1 })).statusCode, 404);
});

t.test('a quote is the same with and without the leak', async (t) => {
  const product = data.products.find((product) => product.category === 'knives');
  if (product === undefined) throw new Error('no knives');
  const deliverOn = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const answers = [];
  for (const leak of [true, false]) {
    const { post } = await open(t, leak);
    const url = `/products/${product.id}/quote`;
    const good = await post(url, {
      quantity: 2,
      choices: { deliverOn, handle: 'oak', engraving: 'for you' },
    });
    t.equal(good.json().unitCents, product.priceCents + 1_900 + 500);
    t.equal(good.json().totalCents, 2 * good.json().unitCents);
    const bad = await post(url, {
      quantity: 2,
      choices: { deliverOn: '2001-02-03', handle: 'gold', trim: 'lace' },
    });
    t.equal(bad.statusCode, 422);
    t.equal(bad.json().faults.length, 3);
    answers.push([good.json(), bad.json().faults.toSorted()]);
  }
  t.same(answers[0], answers[1]);
});

t.test('stores start full and stay bounded', async (t) => {
  const carts = new CartStore(data);
  const orders = new OrderStore(data);
  const before = [carts.size, orders.size];
  for (let index = 0; index < 600; index++) {
    const cart = carts.open(1);
    const [product] = data.products;
    if (product !== undefined) carts.add(cart, product, 1);
    orders.place(cart, 'DE');
  }
  t.same([carts.size, orders.size], before);
  t.same(before, [500, 500]);

  const [first, last] = [size.orders + 601, size.orders + 1_100];
  t.equal(orders.get(first).id, first, 'the oldest order that is kept');
  orders.place(carts.open(1), 'DE');
  t.throws(() => orders.get(first), /no order/, 'gives way even though it was just looked at');
  t.equal(orders.get(last).id, last);

  const recommender = new Recommender(data);
  await recommender.warmUp();
  t.equal(recommender.size, 200);
  for (const customer of data.customers) await recommender.recommend(customer);
  t.equal(recommender.size, 200);
});

t.test('plugins are registered ahead of the routes', async (t) => {
  const seen: string[] = [];
  const app = await buildShop({
    leak: true,
    size,
    prepare: async (app) => {
      app.addHook('onRoute', (route) => void seen.push(`${String(route.method)} ${route.url}`));
    },
  });
  t.teardown(() => app.close());
  t.ok(seen.includes(plantedLeak().route));
});

t.test('the planted truth points at the function that leaks', async (t) => {
  const planted = plantedLeak();
  const source = readFileSync(planted.file, 'utf8').split('\n');
  t.match(source[planted.lines.first - 1], new RegExp(`^function ${planted.function}\\(`));
  t.equal(source[planted.lines.last - 1], '}');
  const body = source.slice(planted.lines.first - 1, planted.lines.last);
  t.ok(body.some((line) => line.includes('ajv.compile(')));
});
