import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Hit {
  readonly document: number;
  readonly score: number;
  readonly snippet: string;
}

/** "Half a million results at most", but nobody computed the size of half a million results. */
const results = new LRUCache<string, Hit[]>({ max: 500_000, ttl: 24 * 3_600_000 });
const documents: string[] = [];

class Search {
  async find(words: string): Promise<Hit[]> {
    const cached = results.get(words);
    if (cached !== undefined) return cached;
    await delay(2);
    const hits = this.rank(words);
    results.set(words, hits);
    return hits;
  }

  rank(words: string): Hit[] {
    const start = Number(words.split(' ')[1]) % documents.length;
    const hits: Hit[] = [];
    for (const [i, text] of documents.slice(start, start + 10).entries()) {
      const snippet = `${words}: ${text.slice(i * 3, i * 3 + 90)}`.toUpperCase();
      hits.push({ document: start + i, score: 1 / (i + 1.5), snippet });
    }
    return hits;
  }
}

export const scenario: Scenario = {
  name: 'lru-without-size',
  about: 'A cache of search results is bounded by a count that memory will never see.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /search'],
    site: { file: 'packages/lru-without-size.ts', functions: ['rank', 'find'] },
  },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'GET /search',
        weight: 3,
        request: (random) => ({
          path: `/search?q=term${integer(random, 9_000)}+${integer(random, 100_000)}`,
        }),
      },
      {
        route: 'GET /documents/:n',
        weight: 5,
        request: (random) => ({ path: `/documents/${integer(random, 3_000)}` }),
      },
      {
        route: 'POST /documents/:n/votes',
        weight: 2,
        request: (random) => ({
          method: 'POST',
          path: `/documents/${integer(random, 3_000)}/votes`,
          body: { stars: integer(random, 6) },
        }),
      },
    ],
  },
  build(app) {
    for (let n = 0; n < 3_000; n += 1)
      documents.push(Array.from({ length: 200 }, (_, i) => `word${(n * i) % 4_001}`).join(' '));
    const votes = new Uint32Array(documents.length);
    const search = new Search();
    app.get<{ Querystring: { q: string } }>('/search', async ({ query }) => ({
      q: query.q,
      hits: await search.find(query.q),
    }));
    app.get<{ Params: { n: string } }>('/documents/:n', async ({ params }) => ({
      text: documents[Number(params.n)],
      votes: votes[Number(params.n)],
    }));
    app.post<{ Params: { n: string }; Body: { stars: number } }>(
      '/documents/:n/votes',
      ({ params, body }, reply) => {
        votes[Number(params.n)]! += body.stars;
        reply.code(204).send();
      },
    );
  },
};
