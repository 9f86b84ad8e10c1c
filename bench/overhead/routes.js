const CATEGORIES = ['kitchen', 'garden', 'office', 'travel', 'music'];

const products = Array.from({ length: 200 }, (_, i) => ({
  id: i + 1,
  name: `Product ${i + 1}`,
  category: CATEGORIES[i % CATEGORIES.length],
  priceCents: 499 + ((i * 7919) % 20_000),
  stock: (i * 31) % 250,
}));

/**
 * As in an application: stored records become the objects of an answer. All numbers are integers: with fractional
 * prices, the same process ran the route in 84 or in 95 µs, depending on V8's compiler.
 * @param {typeof products[number]} record
 */
function present({ id, name, category, priceCents, stock }) {
  return { id, name, category, priceCents, available: stock > 0 };
}

const AWAITS = 200;
/** @param {number} value */
const next = async (value) => value + 1;

const order = JSON.stringify({
  customer: 'c-1047',
  lines: Array.from({ length: 20 }, (_, i) => ({ product: i + 1, quantity: 1 + (i % 3), note: 'gift wrap' })),
});

const hello = () => ({ hello: 'world' });
const list = () => products.map(present);

/**
 * @typedef {object} BenchRoute
 * @property {string} path
 * @property {string} title
 * @property {string} [send] A JSON body: the route is a POST.
 * @property {string} answer
 * @property {(body: any) => unknown} handler
 */

/**
 * The routes under load. None has a schema, so that all are serialized by `JSON.stringify`.
 * @satisfies {Record<string, BenchRoute>}
 */
export const routes = {
  hello: { path: '/hello', title: 'hello world', handler: hello, answer: JSON.stringify(hello()) },
  products: {
    path: '/products',
    title: 'JSON of 200 objects',
    handler: list,
    answer: JSON.stringify(list()),
  },
  orders: {
    path: '/orders',
    title: 'POST of 1 kB of JSON',
    send: order,
    /** @param {{ lines: { quantity: number }[] }} body */
    handler: ({ lines }) => ({ ordered: lines.reduce((sum, { quantity }) => sum + quantity, 0) }),
    answer: '{"ordered":39}',
  },
  awaits: {
    path: '/awaits',
    title: `${AWAITS} awaits`,
    handler: async () => {
      let value = 0;
      while (value < AWAITS) value = await next(value);
      return { value };
    },
    answer: `{"value":${AWAITS}}`,
  },
};

/** @typedef {keyof typeof routes} RouteName */

/** @param {import('fastify').FastifyInstance} app */
export function addRoutes(app) {
  for (const route of /** @type {BenchRoute[]} */ (Object.values(routes))) {
    const { path, handler, send } = route;
    app.route({
      method: send === undefined ? 'GET' : 'POST',
      url: path,
      handler: (request, reply) => {
        const answer = handler(request.body);
        if (answer instanceof Promise) return answer;
        return reply.send(answer);
      },
    });
  }
}
