import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Rule {
  readonly field: string;
  readonly atLeast: number;
  readonly points: number;
}
type Scorer = (lead: Readonly<Record<string, number>>) => number;

const leads: Record<string, number>[] = [];
const scorers = new Map<string, Scorer>();

/** The key consists of all rules, and marketing tries new thresholds all day. */
function scorerFor(rules: readonly Rule[]): Scorer {
  const key = JSON.stringify(rules);
  const known = scorers.get(key);
  if (known !== undefined) return known;
  const lines = rules.map(({ field, atLeast, points }) => {
    const name = JSON.stringify(field);
    return `if (lead[${name}] >= ${atLeast}) { score += ${points}; } else if (lead[${name}] < 0) { score -= 1; }`;
  });
  const scorer = new Function('lead', `let score = 0;\n${lines.join('\n')}\nreturn score;`) as Scorer;
  scorers.set(key, scorer);
  return scorer;
}

export const scenario: Scenario = {
  name: 'dynamic-functions',
  about: 'Scoring rules are compiled with `new Function`, one for each set of rules ever tried.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /segments/try'],
    site: { file: 'code/dynamic-functions.ts', functions: ['scorerFor', 'trySegment'] },
  },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /segments/try',
        weight: 2,
        request: (random) => ({
          method: 'POST',
          path: '/segments/try',
          body: {
            rules: Array.from({ length: 6 }, (_, i) => ({
              field: `signal${i * 2 + integer(random, 2)}`,
              atLeast: integer(random, 10_000),
              points: 1 + integer(random, 20),
            })),
          },
        }),
      },
      {
        route: 'GET /leads',
        weight: 4,
        request: (random) => ({ path: `/leads?page=${integer(random, 100)}` }),
      },
      {
        route: 'GET /leads/:n',
        weight: 4,
        request: (random) => ({ path: `/leads/${integer(random, 5_000)}` }),
      },
    ],
  },
  build(app) {
    for (let n = 0; n < 5_000; n += 1) {
      leads.push(
        Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`signal${i}`, (n * (i + 3)) % 9_973])),
      );
    }
    const handlers = {
      async trySegment({ body }: { body: { rules: Rule[] } }) {
        const score = scorerFor(body.rules);
        await delay(1);
        const scores: number[] = [];
        for (const lead of leads.slice(0, 300)) scores.push(score(lead));
        return { best: Math.max(...scores), scored: scores.length, head: scores.slice(0, 50) };
      },
      async page({ query }: { query: { page: string } }) {
        return leads.slice(Number(query.page) * 20, Number(query.page) * 20 + 20);
      },
    };
    app.post<{ Body: { rules: Rule[] } }>('/segments/try', handlers.trySegment);
    app.get<{ Querystring: { page: string } }>('/leads', handlers.page);
    app.get<{ Params: { n: string } }>('/leads/:n', async ({ params }) => leads[Number(params.n)]);
  },
};
