import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const RECIPES = 5_000;

interface Plan {
  readonly guest: string;
  readonly days: { readonly day: number; readonly recipe: number; readonly shopping: string[] }[];
}

interface SearchRecord {
  readonly words: string[];
  readonly at: Date;
  readonly hits: number[];
}

/** Kept so that guests who register later can find their plans. Guests do not register. */
const plansOfGuests = new Map<string, Plan>();

/** Used to count the most frequent searches; it should have been cut to the last thousand. */
const searches: SearchRecord[] = [];

function planWeek(guest: string, first: number): Plan {
  const plan: Plan = { guest, days: [] };
  for (let day = 0; day < 7; day += 1) {
    const recipe = (first + day * 311) % RECIPES;
    const shopping = [];
    for (let n = 0; n < 5; n += 1) shopping.push(`${recipe % (50 + n)} g of ingredient ${n} for ${guest}`);
    plan.days.push({ day, recipe, shopping });
  }
  plansOfGuests.set(guest, plan);
  return plan;
}

function recordSearch(text: string): SearchRecord {
  const record: SearchRecord = { words: text.toLowerCase().split(' '), at: new Date(), hits: [] };
  for (let n = 0; n < 20; n += 1) record.hits.push((text.length * 37 + n * 101) % RECIPES);
  searches.push(record);
  return record;
}

export const scenario: Scenario = {
  name: 'two-leaks',
  about:
    'Weekly plans of guests and the log of searches both grow without end: few and large, many and small.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /plans', 'GET /search'],
    site: {
      file: 'references/two-leaks.ts',
      functions: ['planWeek', 'recordSearch', 'createPlan', 'search'],
    },
  },
  load: {
    requestsPerSecond: 160,
    mix: [
      {
        route: 'POST /plans',
        weight: 1,
        request: (random, n) => ({
          method: 'POST',
          path: '/plans',
          body: { guest: `guest-${n}`, first: integer(random, RECIPES) },
        }),
      },
      {
        route: 'GET /search',
        weight: 5,
        request: (random) => ({
          path: `/search?text=${encodeURIComponent(`Soup with ${integer(random, 9_999)} Leeks`)}`,
        }),
      },
      {
        route: 'GET /recipes/:id',
        weight: 6,
        request: (random) => ({ path: `/recipes/${integer(random, RECIPES)}` }),
      },
      { route: 'GET /seasonal', weight: 2, request: () => ({ path: '/seasonal' }) },
    ],
  },
  build(app) {
    const recipes = stored(
      Array.from({ length: RECIPES }, (_, id) => ({
        id,
        title: `Recipe ${id}`,
        steps: Array.from({ length: 9 }, (_, n) => `Step ${n} of ${id}: stir. `.repeat(6)),
      })),
    );
    app.post<{ Body: { guest: string; first: number } }>(
      '/plans',
      async function createPlan({ body }, reply) {
        const plan = planWeek(body.guest, body.first);
        await delay(6);
        return reply.code(201).send(plan);
      },
    );
    app.get<{ Querystring: { text: string } }>('/search', function search({ query }, reply) {
      const { hits } = recordSearch(query.text);
      void reply.send(hits.map((id) => ({ id, title: recipes[id]?.title })));
    });
    app.get<{ Params: { id: string } }>('/recipes/:id', async ({ params }) => recipes[Number(params.id)]);
    app.get('/seasonal', async () => recipes.slice(100, 130).map(({ id, title }) => ({ id, title })));
  },
};
