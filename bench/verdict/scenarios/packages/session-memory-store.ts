import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

declare module 'fastify' {
  interface Session {
    basket?: string[];
  }
}

const records = stored(
  Array.from({ length: 5_000 }, (_, id) => ({
    id,
    title: `Record ${id}`,
    tracks: Array.from({ length: 14 }, (_, k) => ({
      no: k + 1,
      title: `Track ${k + 1} of record ${id}`,
      seconds: 120 + k * 9,
    })),
  })),
);

export const scenario: Scenario = {
  name: 'session-memory-store',
  about:
    'Feed readers without cookies get a new session each time, in the store in memory that forgets none.',
  label: { verdict: 'leaking', signal: 'heap-floor', routes: ['GET /shop/feed'] },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'GET /shop/feed',
        weight: 3,
        request: (random) => ({ path: `/shop/feed?since=${integer(random, 4_900)}` }),
      },
      {
        route: 'GET /records/:id',
        weight: 6,
        request: (random) => ({ path: `/records/${integer(random, 5_000)}` }),
      },
      {
        route: 'GET /search',
        weight: 3,
        request: (random) => ({ path: `/search?q=${integer(random, 500)}` }),
      },
    ],
  },
  async build(app) {
    await app.register(
      async (shop) => {
        await shop.register(fastifyCookie);
        await shop.register(fastifySession, {
          secret: 'a corpus has no secrets, but they must be this long',
          cookie: { secure: false, maxAge: 86_400_000 },
          saveUninitialized: true,
        });
        shop.get<{ Querystring: { since: string } }>('/feed', async ({ query }) => {
          const since = Number(query.since);
          return records.slice(since, since + 25).map(({ id, title }) => ({ id, title }));
        });
        shop.post<{ Params: { id: string } }>('/basket/:id', async ({ params, session }) => {
          session.basket = [...(session.basket ?? []), params.id];
          return { basket: session.basket };
        });
      },
      { prefix: '/shop' },
    );
    app.get<{ Params: { id: string } }>('/records/:id', async ({ params }) => records[Number(params.id)]);
    app.get<{ Querystring: { q: string } }>('/search', async ({ query }) =>
      records.filter(({ title }) => title.endsWith(query.q)).slice(0, 10),
    );
  },
};
