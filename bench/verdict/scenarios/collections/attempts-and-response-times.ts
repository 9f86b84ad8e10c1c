import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer, type Random } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const QUIZZES = 1_500;
const ALLOWED_ATTEMPTS = 5;

interface Attempt {
  readonly at: Date;
  readonly user: string;
  readonly agent: string;
}

interface Timing {
  readonly at: number;
  readonly url: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** By address: nothing removes addresses that never return, and an attack uses a new address for every attempt. */
const attempts: Record<string, Attempt[]> = {};

/** By address and browser, for a chart that nobody opens. */
const responseTimes: Record<string, Timing[]> = {};

function addressOf(request: FastifyRequest): string {
  return String(request.headers['x-forwarded-for'] ?? request.ip);
}

function recordAttempt(address: string, user: string, agent: string): number {
  const known = (attempts[address] ??= []);
  known.push({ at: new Date(), user, agent: `${agent} from ${address}` });
  return known.length;
}

function recordResponseTime(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const key = `${addressOf(request)} with ${request.headers['user-agent'] ?? 'an unknown browser'}`;
  const timings = (responseTimes[key] ??= []);
  const milliseconds = reply.elapsedTime;
  timings.push({
    at: Date.now(),
    url: `${request.method} ${request.url}`,
    status: reply.statusCode,
    milliseconds,
  });
  done();
}

async function accountRoutes(app: FastifyInstance): Promise<void> {
  app.addHook('onResponse', recordResponseTime);
  app.post<{ Body: { user: string; password: string } }>('/login', async function login(request, reply) {
    const { user, password } = request.body;
    const count = recordAttempt(addressOf(request), user, request.headers['user-agent'] ?? 'none');
    await delay(5);
    if (count > ALLOWED_ATTEMPTS) return reply.code(429).send({ error: 'Too many attempts' });
    return password === 'correct' ? { user } : reply.code(401).send({ error: 'Wrong password' });
  });
  app.get('/register', async () => ({ form: ['name', 'email', 'password'], terms: 'Be kind. '.repeat(80) }));
}

function visitor(random: Random): Record<string, string> {
  const octets = Array.from({ length: 3 }, () => integer(random, 256)).join('.');
  return { 'x-forwarded-for': `10.${octets}`, 'user-agent': `browser/${integer(random, 40)}` };
}

export const scenario: Scenario = {
  name: 'attempts-and-response-times',
  about:
    'Dictionaries of login attempts and response times by address keep a key for every address ever seen.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /account/login', 'GET /account/register'],
    site: {
      file: 'collections/attempts-and-response-times.ts',
      functions: ['recordAttempt', 'recordResponseTime', 'login'],
    },
  },
  load: {
    requestsPerSecond: 160,
    mix: [
      {
        route: 'POST /account/login',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: '/account/login',
          headers: visitor(random),
          body: {
            user: `user-${integer(random, 100_000)}@example.org`,
            password: random() < 0.3 ? 'correct' : 'guess',
          },
        }),
      },
      {
        route: 'GET /account/register',
        weight: 2,
        request: (random) => ({ path: '/account/register', headers: visitor(random) }),
      },
      {
        route: 'GET /quizzes',
        weight: 4,
        request: (random) => ({ path: `/quizzes?page=${integer(random, 100)}` }),
      },
      {
        route: 'GET /quizzes/:id',
        weight: 5,
        request: (random) => ({ path: `/quizzes/${integer(random, QUIZZES)}` }),
      },
    ],
  },
  async build(app) {
    const quizzes = stored(
      Array.from({ length: QUIZZES }, (_, id) => ({
        id,
        title: `Quiz ${id}`,
        questions: Array.from({ length: 12 }, (_, n) => ({
          n,
          text: `Question ${n} of ${id}? `.repeat(6),
          answer: n % 4,
        })),
      })),
    );
    await app.register(accountRoutes, { prefix: '/account' });
    app.get<{ Querystring: { page: string } }>('/quizzes', async ({ query }) =>
      quizzes
        .slice(Number(query.page) * 15, Number(query.page) * 15 + 15)
        .map(({ id, title }) => ({ id, title })),
    );
    app.get<{ Params: { id: string } }>('/quizzes/:id', async ({ params }) => quizzes[Number(params.id)]);
  },
};
