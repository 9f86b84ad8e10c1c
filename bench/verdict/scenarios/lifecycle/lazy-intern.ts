import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const VOCABULARY = 15_000;
const WORDS_PER_ENTRY = 24;

interface Term {
  readonly word: string;
  readonly trigrams: readonly string[];
  uses: number;
}

class Terms {
  readonly #byWord = new Map<string, Term>();

  get size(): number {
    return this.#byWord.size;
  }

  /** The single object that represents a word. */
  intern(word: string): Term {
    let term = this.#byWord.get(word);
    if (term === undefined) {
      const trigrams = Array.from({ length: word.length - 2 }, (_, i) => word.slice(i, i + 3));
      term = { word, trigrams, uses: 0 };
      this.#byWord.set(word, term);
    }
    term.uses += 1;
    return term;
  }
}

export const scenario: Scenario = {
  name: 'lazy-intern',
  about: 'Each word of a log is interned when it first occurs, and logs have few words.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 160,
    mix: [
      {
        route: 'POST /entries',
        weight: 5,
        request: (random) => ({
          method: 'POST',
          path: '/entries',
          body: {
            words: Array.from({ length: WORDS_PER_ENTRY }, () => `entry-word-${integer(random, VOCABULARY)}`),
          },
        }),
      },
      {
        route: 'GET /words/:word',
        weight: 2,
        request: (random) => ({ path: `/words/entry-word-${integer(random, VOCABULARY)}` }),
      },
      { route: 'GET /sources', weight: 1, request: () => ({ path: '/sources' }) },
    ],
  },
  build(app) {
    const terms = new Terms();
    const sources = Array.from({ length: 8_000 }, (_, id) => ({
      id,
      host: `host-${id}.example`,
      rules: Array.from({ length: 12 }, (_, i) => ({ rule: `${id}-${i}`, drop: i % 5 === 0 })),
    }));
    app.post<{ Body: { words: string[] } }>('/entries', async ({ body }, reply) => {
      const known = body.words.map((word) => terms.intern(word));
      return reply.code(201).send({ rarest: known.reduce((a, b) => (b.uses < a.uses ? b : a)).word });
    });
    app.get<{ Params: { word: string } }>('/words/:word', async ({ params }) => terms.intern(params.word));
    app.get('/sources', async () => ({ words: terms.size, sources: sources.slice(0, 30) }));
  },
};
