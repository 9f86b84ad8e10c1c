import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** Half the fill horizon of a run. */
const LIFETIME_MS = 22_000;
const SWEEP_MS = 1_000;

interface Session {
  readonly user: string;
  readonly expiresMs: number;
  readonly rights: readonly { readonly right: string; readonly level: number }[];
}

function openSession(user: string): Session {
  const rights = [];
  for (let i = 0; i < 20; i += 1) rights.push({ right: `${user} may ${i}`, level: i % 5 });
  return { user, expiresMs: Date.now() + LIFETIME_MS, rights };
}

export const scenario: Scenario = {
  name: 'sessions-half-horizon',
  about: 'Sessions are dropped after half the fill horizon.',
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following'] },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'POST /log-in',
        weight: 3,
        request: (_random, n) => ({ method: 'POST', path: '/log-in', body: { user: `user-${n}` } }),
      },
      {
        route: 'GET /account',
        weight: 5,
        request: (random, n) => ({
          path: '/account',
          headers: { 'x-user': `user-${Math.max(0, n - integer(random, 900))}` },
        }),
      },
      { route: 'GET /news', weight: 2, request: () => ({ path: '/news' }) },
    ],
  },
  build(app) {
    const sessions = new Map<string, Session>();
    const sweeping = setInterval(() => {
      const now = Date.now();
      for (const [user, { expiresMs }] of sessions) if (expiresMs < now) sessions.delete(user);
    }, SWEEP_MS);
    app.addHook('onClose', async () => clearInterval(sweeping));
    const news = Array.from({ length: 40 }, (_, id) => ({ id, text: `News ${id}` }));
    app.post<{ Body: { user: string } }>('/log-in', async ({ body }, reply) => {
      sessions.set(body.user, openSession(body.user));
      return reply.code(201).send({ user: body.user });
    });
    app.get('/account', async ({ headers }) => {
      const session = sessions.get(String(headers['x-user']));
      return { known: session !== undefined, rights: session?.rights.slice(0, 5) ?? [] };
    });
    app.get('/news', async () => news);
  },
};
