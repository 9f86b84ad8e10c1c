import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** Twice the fill horizon of a run. Most people log out before. */
const LONGEST_MS = 90_000;
const SWEEP_MS = 1_000;

interface Session {
  readonly user: string;
  readonly basket: readonly { readonly item: string; readonly cents: number }[];
  endsMs: number;
}

function openSession(user: string, share: number): Session {
  const basket = [];
  for (let i = 0; i < 20; i += 1) basket.push({ item: `item ${i} of ${user}`, cents: i * 95 });
  return { user, basket, endsMs: Date.now() + LONGEST_MS * share };
}

export const scenario: Scenario = {
  name: 'sessions-twice-horizon',
  about:
    'Sessions end with a log-out at any time within twice the fill horizon, and the store is full only then.',
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following', 'growing'] },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'POST /enter',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: '/enter',
          body: { user: `user-${n}`, stays: random() },
        }),
      },
      {
        route: 'GET /basket',
        weight: 5,
        request: (random, n) => ({
          path: '/basket',
          headers: { 'x-user': `user-${Math.max(0, n - integer(random, 3_000))}` },
        }),
      },
      { route: 'GET /items', weight: 2, request: () => ({ path: '/items' }) },
    ],
  },
  build(app) {
    const sessions = new Map<string, Session>();
    const sweeping = setInterval(() => {
      const now = Date.now();
      for (const [user, { endsMs }] of sessions) if (endsMs < now) sessions.delete(user);
    }, SWEEP_MS);
    app.addHook('onClose', async () => clearInterval(sweeping));
    const items = Array.from({ length: 50 }, (_, id) => ({ id, name: `Item ${id}` }));
    app.post<{ Body: { user: string; stays: number } }>('/enter', async ({ body }, reply) => {
      sessions.set(body.user, openSession(body.user, body.stays));
      return reply.code(201).send({ user: body.user });
    });
    app.get('/basket', async ({ headers }) => {
      const session = sessions.get(String(headers['x-user']));
      return { known: session !== undefined, items: session?.basket.slice(0, 5) ?? [] };
    });
    app.get('/items', async () => items);
  },
};
