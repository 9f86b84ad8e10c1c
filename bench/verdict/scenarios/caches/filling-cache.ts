import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CAPACITY = 2_500;

const articles = new LRUCache<number, { id: number; paragraphs: string[] }>({ max: CAPACITY });

function loadArticle(id: number): { id: number; paragraphs: string[] } {
  return { id, paragraphs: Array.from({ length: 20 }, (_, i) => `${id}.${i} `.repeat(8)) };
}

export const scenario: Scenario = {
  name: 'filling-cache',
  about: 'An LRU cache takes an entry with nearly every request until it is full, and then evicts.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /articles/:id',
        weight: 4,
        request: (random) => ({ path: `/articles/${integer(random, 1_000_000)}` }),
      },
      { route: 'GET /status', weight: 1, request: () => ({ path: '/status' }) },
    ],
  },
  build(app) {
    app.get<{ Params: { id: string } }>('/articles/:id', async ({ params }) => {
      const id = Number(params.id);
      let article = articles.get(id);
      if (article === undefined) {
        article = loadArticle(id);
        articles.set(id, article);
      }
      return { id, title: article.paragraphs[0] };
    });
    app.get('/status', async () => ({ entries: articles.size }));
  },
};
