import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyRequest } from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { createAccessGuard, type AccessOptions } from '../../../plugins/fastify/access.js';
import { limitExpensive } from '../../../plugins/fastify/diagnostics.js';
import { diagnosticsErrorHandler } from '../../../plugins/fastify/error-handler.js';
import { createLimiter } from '../../../plugins/fastify/limiter.js';
import { systemClock } from '../../../src/base/clock.js';
import { fakeRedis } from '../../helpers/fake-redis.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';

const token: AccessOptions['token'] = [
  { token: 'one', role: 'operate', name: 'one' },
  { token: 'two', role: 'operate', name: 'two' },
];

function asksForGc(request: FastifyRequest): boolean {
  return (request.query as { gc?: string }).gc === '1';
}

interface Settings {
  limit?: { max?: number; timeWindowSeconds?: number; redis?: object };
  hostLimit?: object;
  clock?: typeof systemClock;
}

async function serve(t: Test, { limit = {}, hostLimit, clock = systemClock }: Settings = {}) {
  const lines: string[] = [];
  const app = Fastify({
    logger: { level: 'warn', stream: { write: (line: string) => void lines.push(line) } },
  });
  t.teardown(() => app.close());
  if (hostLimit !== undefined) await app.register(rateLimit, hostLimit);
  const access = createAccessGuard({ token, allowedHosts: [] });
  const { redis, max = 2, timeWindowSeconds = 60 } = limit;
  const limiter = await createLimiter(app, { redis, clock });
  await app.register(async (scope) => {
    scope.setErrorHandler(diagnosticsErrorHandler);
    scope.addHook('onRequest', access.onRequest);
    limitExpensive(scope, limiter, access, { max, timeWindowSeconds });
    scope.get('/gc', { config: { tidemark: { role: 'operate', expensive: 'gc' } } }, async () => ({}));
    scope.get('/gc-too', { config: { tidemark: { role: 'read', expensive: 'gc' } } }, async () => ({}));
    scope.get('/profile', { config: { tidemark: { expensive: 'profile' } } }, async () => ({}));
    const sometimes = { expensive: 'sometimes', expensiveWhen: asksForGc };
    scope.get('/sometimes', { config: { tidemark: sometimes } }, async () => ({}));
    scope.get('/free', async () => ({}));
  });
  app.get('/host', async () => ({}));
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    lines,
    async call(path: string, bearer?: string, headers: Record<string, string> = {}) {
      const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
      const answer = await request(`${base}${path}`, { headers: { ...authorization, ...headers } });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (await answer.body.json()) as Record<string, unknown>,
      };
    },
  };
}

t.test('beyond the rate it is 429 with our code, a Retry-After and the usual headers', async (t) => {
  const { call } = await serve(t);
  t.match(await call('/gc'), {
    status: 200,
    headers: { 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '60' },
  });
  t.equal((await call('/gc-too')).status, 200, 'the same operation');
  const refused = await call('/gc');
  t.match(refused, { status: 429, body: { statusCode: 429, code: 'TIDEMARK_ERR_COST_RATE' } });
  const retryAfter = Number(refused.headers['retry-after']);
  t.ok(retryAfter >= 1 && retryAfter <= 60, String(retryAfter));
  t.equal((await call('/profile')).status, 200, 'another operation');
  const free = await call('/free');
  t.equal(free.headers['x-ratelimit-limit'], undefined, 'a free route has no limit');
});

t.test('every token and every peer has its own count, and a forged address no new one', async (t) => {
  const { call } = await serve(t, { limit: { max: 1 } });
  t.equal((await call('/gc', 'one')).status, 200);
  t.equal((await call('/gc', 'one')).status, 429);
  t.equal((await call('/gc', 'one', { 'x-forwarded-for': '9.9.9.9' })).status, 429);
  t.equal((await call('/gc', 'two')).status, 200);
  t.equal((await call('/gc')).status, 200);
  t.equal((await call('/gc')).status, 429);
  t.equal((await call('/gc', 'wrong')).status, 401, 'who is refused is not counted');
  t.equal((await call('/profile')).status, 200);
  t.equal((await call('/profile')).status, 429, 'a route without a role counts peers');
});

t.test('a route that is expensive only at times is limited at those times', async (t) => {
  const { call } = await serve(t, { limit: { max: 1 } });
  t.equal((await call('/sometimes')).headers['x-ratelimit-limit'], undefined);
  t.equal((await call('/sometimes?gc=1')).status, 200);
  t.equal((await call('/sometimes?gc=1')).status, 429);
  t.equal((await call('/sometimes')).status, 200);
});

t.test('the window ends', async (t) => {
  const { call } = await serve(t, { limit: { max: 1, timeWindowSeconds: 0.2 } });
  t.equal((await call('/gc')).status, 200);
  t.equal((await call('/gc')).status, 429);
  let status = 429;
  while (status === 429) status = (await call('/gc')).status;
  t.equal(status, 200);
});

t.test('a host that limits in its own Redis keeps it to itself, and we keep to ours', async (t) => {
  const theirs = fakeRedis();
  const { app, call } = await serve(t, { hostLimit: { global: false, redis: theirs, max: 1 } });
  t.type(app.createRateLimit, 'function');
  t.equal((await call('/gc')).status, 200);
  t.equal((await call('/gc')).status, 200);
  t.match(await call('/gc'), { status: 429, body: { code: 'TIDEMARK_ERR_COST_RATE' } });
  t.equal(theirs.calls, 0);
});

t.test('the host’s own limiter is neither used nor changed', async (t) => {
  const { call } = await serve(t, { hostLimit: { global: true, max: 3 } });
  t.equal((await call('/gc')).status, 200);
  t.equal((await call('/gc')).status, 200);
  t.match(await call('/gc'), { status: 429, body: { code: 'TIDEMARK_ERR_COST_RATE' } });
  t.match(await call('/host'), { status: 429 }, 'three requests of this client were counted by the host');
});

t.test('servers that share a Redis count together', async (t) => {
  const redis = fakeRedis();
  const first = await serve(t, { limit: { redis } });
  const second = await serve(t, { limit: { redis } });
  t.equal((await first.call('/gc', 'one')).status, 200);
  t.equal((await second.call('/gc', 'one')).status, 200);
  t.equal((await first.call('/gc', 'one')).status, 429);
  t.match([...redis.counts.keys()], [/^tidemark:rate:gc:token:[0-9a-f]{16}$/]);
});

t.test('while Redis is out the local count holds, and includes what was counted before', async (t) => {
  for (const mode of ['fails', 'throws'] as const) {
    const redis = fakeRedis();
    const { call, lines } = await serve(t, { limit: { redis, max: 3 } });
    t.equal((await call('/gc')).status, 200);
    redis.mode = mode;
    t.match(await call('/gc'), { status: 200, headers: { 'x-ratelimit-remaining': '1' } }, mode);
    t.equal((await call('/gc')).status, 200);
    t.match(await call('/gc'), { status: 429, body: { code: 'TIDEMARK_ERR_COST_RATE' } }, mode);
    t.equal(redis.calls, 2, 'it is left alone for a while');
    t.equal(lines.filter((line) => /the local limit holds/.test(line)).length, 1, 'said once');
  }
});

t.test('a Redis that never answers holds nobody up for long, and is asked again later', async (t) => {
  const redis = fakeRedis();
  redis.mode = 'hangs';
  let elapsed = 0;
  const clock = { wall: () => elapsed, monotonic: () => elapsed };
  const { call, lines } = await serve(t, { limit: { redis, max: 3 }, clock });
  const both = await Promise.all([call('/gc'), call('/gc')]);
  t.same(
    both.map(({ status }) => status),
    [200, 200],
  );
  t.equal(lines.length, 1, 'two that waited report one outage');
  elapsed += 5000;
  redis.mode = 'answers';
  redis.counts.set('tidemark:rate:gc:peer:127.0.0.1', 3);
  t.equal((await call('/gc')).status, 429, 'the shared count is back');
});

t.test(
  'an outage is said once, however long, and one request at a time finds out whether it is over',
  async (t) => {
    const redis = fakeRedis();
    redis.mode = 'fails';
    const clock = scriptedClock();
    const { call, lines } = await serve(t, { limit: { redis, max: 20 }, clock });
    await call('/gc');
    clock.advance(5000);
    redis.mode = 'hangs';
    await Promise.all([call('/gc'), call('/profile'), call('/gc')]);
    t.equal(redis.calls, 2);
    clock.advance(5000);
    t.equal(lines.length, 1);
    redis.mode = 'answers';
    t.match(
      await call('/gc'),
      { headers: { 'x-ratelimit-remaining': '16' } },
      'what Redis missed is not forgiven',
    );
    redis.mode = 'fails';
    await call('/gc');
    t.equal(lines.length, 2, 'the next outage is another one');
  },
);
