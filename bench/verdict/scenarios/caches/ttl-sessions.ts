import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const LIFETIME_MS = 10_000;
const SWEEP_MS = 1_000;

interface Session {
  readonly user: string;
  readonly expiresMs: number;
  readonly permissions: readonly { readonly resource: string; readonly level: number }[];
}

class Sessions {
  readonly #byUser = new Map<string, Session>();

  open(user: string): Session {
    const permissions = Array.from({ length: 120 }, (_, i) => ({ resource: `${user}/${i}`, level: i % 4 }));
    const session = { user, expiresMs: Date.now() + LIFETIME_MS, permissions };
    this.#byUser.set(user, session);
    return session;
  }

  find(user: string): Session | undefined {
    return this.#byUser.get(user);
  }

  sweep(): void {
    const now = Date.now();
    for (const [user, { expiresMs }] of this.#byUser) if (expiresMs < now) this.#byUser.delete(user);
  }
}

export const scenario: Scenario = {
  name: 'ttl-sessions',
  about:
    'Every log-in opens a session, and a sweep every second drops those that are older than ten seconds.',
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following'] },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'POST /session',
        weight: 4,
        request: (_random, n) => ({ method: 'POST', path: '/session', body: { user: `user-${n}` } }),
      },
      {
        route: 'GET /me',
        weight: 5,
        request: (random, n) => ({ path: '/me', headers: { 'x-user': `user-${n - integer(random, 200)}` } }),
      },
      { route: 'GET /announcements', weight: 1, request: () => ({ path: '/announcements' }) },
    ],
  },
  build(app) {
    const sessions = new Sessions();
    const sweeping = setInterval(() => sessions.sweep(), SWEEP_MS);
    app.addHook('onClose', async () => clearInterval(sweeping));
    const announcements = Array.from({ length: 30_000 }, (_, id) => ({
      id,
      text: `Announcement ${id}`,
      seen: 0,
    }));

    app.post<{ Body: { user: string } }>('/session', async ({ body }, reply) => {
      const { user, permissions } = sessions.open(body.user);
      return reply.code(201).send({ user, permissions: permissions.length });
    });
    app.get('/me', async ({ headers }) => {
      const session = sessions.find(String(headers['x-user']));
      return { known: session !== undefined, permissions: session?.permissions.slice(0, 20) ?? [] };
    });
    app.get('/announcements', async () => announcements.slice(-25));
  },
};
