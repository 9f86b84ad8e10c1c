import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const ARTICLES = 8_000;

interface Card {
  readonly article: number;
  readonly title: string;
  readonly badges: readonly { readonly badge: string; readonly since: number }[];
}

function cardOf(article: number, reader: string): Card {
  const badges = [];
  for (let i = 0; i < 8; i += 1) badges.push({ badge: `badge ${i} for ${reader}`, since: 2_000 + i });
  return { article, title: `Article ${article} for ${reader}`, badges };
}

/** For "undo", which was never built. */
const dismissed: Card[][] = [];

export const scenario: Scenario = {
  name: 'one-caller-keeps',
  about: 'All routes make their cards with one function, and the one that dismisses cards also keeps them.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /feed/dismiss'],
    site: { file: 'references/one-caller-keeps.ts', functions: ['cardOf', 'dismiss'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /feed',
        weight: 6,
        request: (random, n) => ({
          path: `/feed?from=${integer(random, ARTICLES)}`,
          headers: { 'x-reader': `r${n}` },
        }),
      },
      {
        route: 'GET /articles/:id/card',
        weight: 3,
        request: (random, n) => ({
          path: `/articles/${integer(random, ARTICLES)}/card`,
          headers: { 'x-reader': `r${n}` },
        }),
      },
      {
        route: 'POST /feed/dismiss',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/feed/dismiss',
          headers: { 'x-reader': `r${n}` },
          body: { articles: [integer(random, ARTICLES), integer(random, ARTICLES)] },
        }),
      },
    ],
  },
  build(app) {
    app.get<{ Querystring: { from: string } }>('/feed', async ({ query, headers }) =>
      Array.from({ length: 12 }, (_, i) => cardOf(Number(query.from) + i, String(headers['x-reader']))),
    );
    app.get<{ Params: { id: string } }>('/articles/:id/card', async ({ params, headers }) =>
      cardOf(Number(params.id), String(headers['x-reader'])),
    );
    app.post<{ Body: { articles: number[] } }>('/feed/dismiss', async function dismiss({ body, headers }) {
      const cards = body.articles.map((article) => cardOf(article, String(headers['x-reader'])));
      dismissed.push(cards);
      return { dismissed: cards.length };
    });
  },
};
