import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** The fill horizon of a run. */
const LIFETIME_MS = 45_000;

interface Route {
  readonly legs: readonly { readonly road: string; readonly metres: number }[];
}

function planRoute(from: number, to: number): Route {
  const legs = [];
  for (let i = 0; i < 14; i += 1)
    legs.push({ road: `road ${from + i} to ${to}`, metres: 90 + ((from * i) % 700) });
  return { legs };
}

export const scenario: Scenario = {
  name: 'cache-one-horizon',
  about: 'Planned routes are cached for as long as the fill horizon, and hardly any is asked for twice.',
  // Full only at the end of the horizon, when a leak may be called one.
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following', 'growing'] },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'GET /directions',
        weight: 3,
        request: (random) => ({
          path: `/directions?from=${integer(random, 90_000)}&to=${integer(random, 90_000)}`,
        }),
      },
      {
        route: 'GET /places/:id',
        weight: 5,
        request: (random) => ({ path: `/places/${integer(random, 4_000)}` }),
      },
      { route: 'GET /jams', weight: 2, request: () => ({ path: '/jams' }) },
    ],
  },
  build(app) {
    const planned = new LRUCache<string, Route>({ ttl: LIFETIME_MS, ttlAutopurge: true, ttlResolution: 100 });
    app.addHook('onClose', async () => planned.clear());
    const places = Array.from({ length: 4_000 }, (_, id) => ({ id, name: `Place ${id}`, x: id % 90 }));
    app.get<{ Querystring: { from: string; to: string } }>('/directions', async ({ query: { from, to } }) => {
      const key = `${from}-${to}`;
      let route = planned.get(key);
      if (route === undefined) {
        await delay(3);
        route = planRoute(Number(from), Number(to));
        planned.set(key, route);
      }
      return { legs: route.legs.length, first: route.legs[0] };
    });
    app.get<{ Params: { id: string } }>('/places/:id', async ({ params }) => places[Number(params.id)]);
    app.get('/jams', async () => places.filter(({ id }) => id % 400 === 9));
  },
};
