import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const PAGES = 2_000;
const STAFF = 300;

interface Session {
  readonly id: string;
  readonly createdAt: Date;
  readonly csrfToken: string;
  readonly client: { readonly agent: string; readonly language: string };
  readonly preferences: Record<string, string>;
  readonly visited: { readonly path: string; readonly at: number }[];
  readonly flash: string[];
  user?: string;
}

/** A session has a creation date that nothing checks. */
const sessions = new Map<string, Session>();

function openSession(id: string, request: FastifyRequest | undefined): Session {
  const session: Session = {
    id,
    createdAt: new Date(),
    csrfToken: randomBytes(24).toString('base64url'),
    client: {
      agent: `${request?.headers['user-agent'] ?? 'unknown'}; session ${id}`,
      language: request?.headers['accept-language'] ?? 'en',
    },
    preferences: { theme: 'light', edition: 'europe', fontSize: 'medium', consent: `none, asked for ${id}` },
    visited: [],
    flash: [],
  };
  for (let i = 0; i < 6; i += 1) session.visited.push({ path: '', at: i });
  sessions.set(id, session);
  return session;
}

/** Crawlers and health checks send no cookie: each of their requests creates a session. */
function sessionOf(request: FastifyRequest, reply: FastifyReply): Session {
  const known = sessions.get(request.cookies['sid'] ?? '');
  if (known !== undefined) return known;
  const session = openSession(randomBytes(16).toString('hex'), request);
  reply.setCookie('sid', session.id);
  return session;
}

function staffCookie(n: number): { cookie: string } {
  return { cookie: `sid=staff-${n}` };
}

async function addPages(app: FastifyInstance): Promise<void> {
  const pages = stored(
    Array.from({ length: PAGES }, (_, id) => ({
      slug: `page-${id}`,
      title: `Page ${id}`,
      paragraphs: Array.from({ length: 12 }, (_, i) => `Paragraph ${i} of ${id}. `.repeat(10)),
    })),
  );
  app.get<{ Params: { slug: string } }>('/pages/:slug', async function showPage(request, reply) {
    const session = sessionOf(request, reply);
    const page = pages[Number(request.params.slug)];
    return { ...page, theme: session.preferences['theme'] };
  });
  app.get('/pages', async () => pages.slice(0, 40).map(({ slug, title }) => ({ slug, title })));
}

export const scenario: Scenario = {
  name: 'session-store',
  about:
    'A home-made session store opens a session at each login and for each visitor without a cookie, and expires none.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /pages/:slug', 'POST /login'],
    site: {
      file: 'collections/session-store.ts',
      functions: ['openSession', 'sessionOf', 'showPage', 'login'],
    },
  },
  load: {
    requestsPerSecond: 110,
    mix: [
      {
        route: 'GET /pages/:slug',
        weight: 5,
        request: (random) => ({
          path: `/pages/${integer(random, PAGES)}`,
          headers: random() < 0.4 ? staffCookie(integer(random, STAFF)) : {},
        }),
      },
      {
        route: 'POST /login',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: '/login',
          body: { user: `reader-${integer(random, 5_000)}` },
        }),
      },
      {
        route: 'GET /account',
        weight: 4,
        request: (random) => ({ path: '/account', headers: staffCookie(integer(random, STAFF)) }),
      },
      { route: 'GET /pages', weight: 2, request: () => ({ path: '/pages' }) },
    ],
  },
  async build(app) {
    await app.register(cookie);
    for (let n = 0; n < STAFF; n += 1) openSession(`staff-${n}`, undefined);
    await app.register(addPages);
    app.post<{ Body: { user: string } }>('/login', async function login(request, reply) {
      const session = openSession(randomBytes(16).toString('hex'), request);
      session.user = request.body.user;
      reply.setCookie('sid', session.id);
      return { welcome: session.user };
    });
    app.get('/account', async (request, reply) => {
      const { id, client, preferences } = sessionOf(request, reply);
      return { id, client, preferences };
    });
  },
};
