import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PRODUCTS = 12_000;

interface Product {
  readonly id: number;
  readonly name: string;
  readonly cents: number;
  readonly features: readonly string[];
}

function loadProducts(): Product[] {
  return Array.from({ length: PRODUCTS }, (_, id) => ({
    id,
    name: `Article ${id} in ${['red', 'green', 'blue'][id % 3]}`,
    cents: 199 + ((id * 61) % 20_000),
    features: Array.from({ length: 10 }, (_, i) => `feature ${i} of ${id}`),
  }));
}

class Shop {
  readonly #products = loadProducts();

  search = async (request: FastifyRequest<{ Querystring: { words: string } }>) => {
    await delay(4);
    const { words } = request.query;
    return this.#products.filter(({ name }) => name.includes(words)).slice(0, 25);
  };

  product = async (request: FastifyRequest<{ Params: { id: string } }>) => {
    const id = Number(request.params.id);
    return { ...this.#products[id], related: this.#products.slice(id + 1, id + 6) };
  };

  order = async (request: FastifyRequest<{ Body: { items: number[] } }>, reply: FastifyReply) => {
    const lines = request.body.items.map((id) => ({ id, cents: this.#products[id]?.cents ?? 0 }));
    await delay(8);
    return reply.code(201).send({ lines, cents: lines.reduce((sum, { cents }) => sum + cents, 0) });
  };
}

export const scenario: Scenario = {
  name: 'steady-shop',
  about: 'A shop answers from a catalogue that was loaded at the start; nothing else is kept.',
  label: { verdict: 'stable' },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /search',
        weight: 3,
        request: (random) => ({
          path: `/search?words=${encodeURIComponent(`Article ${integer(random, 1_200)}`)}`,
        }),
      },
      {
        route: 'GET /products/:id',
        weight: 6,
        request: (random) => ({ path: `/products/${integer(random, PRODUCTS)}` }),
      },
      {
        route: 'POST /orders',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: '/orders',
          body: { items: Array.from({ length: 1 + integer(random, 9) }, () => integer(random, PRODUCTS)) },
        }),
      },
    ],
  },
  build(app) {
    const shop = new Shop();
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get('/search', shop.search);
    app.get('/products/:id', shop.product);
    app.post('/orders', shop.order);
  },
};
