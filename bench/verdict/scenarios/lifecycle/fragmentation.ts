import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CHUNK_MS = 200;
const CHUNKS = 60;
const PER_CHUNK = 1_000;
/** One of this many documents is still needed when all have been read. */
const KEPT_OF = 8;

interface Page {
  readonly id: number;
  readonly text: Buffer;
  readonly words: readonly number[];
}

function readPages(first: number): Page[] {
  return Array.from({ length: PER_CHUNK }, (_, i) => ({
    id: first + i,
    text: Buffer.allocUnsafeSlow(1_500 + ((first + i) % 5) * 300).fill(first % 251),
    words: Array.from({ length: 40 }, (_, word) => (first + i * word) % 30_011),
  }));
}

export const scenario: Scenario = {
  name: 'fragmentation',
  about: 'An index reads everything and keeps an eighth of it, and the holes between are never given back.',
  label: { verdict: 'fragmented', alsoRight: ['stable'] },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'GET /pages/:id',
        weight: 5,
        request: (random) => ({ path: `/pages/${integer(random, (CHUNKS * PER_CHUNK) / KEPT_OF)}` }),
      },
      {
        route: 'GET /search',
        weight: 3,
        request: (random) => ({ path: `/search?word=${integer(random, 30_011)}` }),
      },
      { route: 'GET /progress', weight: 1, request: () => ({ path: '/progress' }) },
    ],
  },
  build(app) {
    let pages: Page[] = [];
    let chunks = 0;
    const reading = setInterval(() => {
      pages.push(...readPages(chunks * PER_CHUNK));
      chunks += 1;
      if (chunks < CHUNKS) return;
      clearInterval(reading);
      pages = pages.filter(({ id }) => id % KEPT_OF === 0);
    }, CHUNK_MS);
    app.addHook('onClose', async () => clearInterval(reading));

    app.get<{ Params: { id: string } }>('/pages/:id', async ({ params }) => {
      const page = pages[Number(params.id)];
      return { id: page?.id, bytes: page?.text.length, words: page?.words };
    });
    app.get<{ Querystring: { word: string } }>('/search', async ({ query }) => {
      const word = Number(query.word);
      const hits: number[] = [];
      for (let i = 0; i < Math.min(2_000, pages.length); i += 1) {
        const page = pages[i];
        if (page?.words.includes(word)) hits.push(page.id);
      }
      return { hits };
    });
    app.get('/progress', async () => ({ chunks, pages: pages.length }));
  },
};
