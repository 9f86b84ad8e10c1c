import { request as httpRequest } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyServerOptions, type RouteOptions } from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { guardExports } from '../../../plugins/fastify/exports.js';
import { createLimiter, type LimiterSettings } from '../../../plugins/fastify/limiter.js';
import { fakeRedis } from '../../helpers/fake-redis.js';
import { socketPathOf } from '../../helpers/socket-path.js';

async function guard(app: FastifyInstance, settings: LimiterSettings = {}): Promise<void> {
  guardExports(app, await createLimiter(app, settings), { max: 10, timeWindowSeconds: 60 });
}

async function serve(
  t: Test,
  build: (app: FastifyInstance) => void | Promise<void>,
  server: FastifyServerOptions = {},
) {
  const app = Fastify(server);
  t.teardown(() => app.close());
  await build(app);
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return async (
    path: string,
    method: 'GET' | 'HEAD' | 'POST' = 'GET',
    headers: Record<string, string> = {},
  ) => {
    const answer = await request(`${base}${path}`, { method, headers });
    const text = await answer.body.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: answer.statusCode, headers: answer.headers, body };
  };
}

const handler = async () => ({});
const hostHook = async () => undefined;
const from = (address: string) => ({ 'x-forwarded-for': address });

async function countOne(app: FastifyInstance): Promise<void> {
  await guard(app);
  app.get('/export', { config: { export: { max: 1 } } }, handler);
}

t.test(
  'a route that asks allows ten a minute for each client, then answers 429 with Retry-After',
  async (t) => {
    const call = await serve(t, async (app) => {
      await guard(app);
      app.get('/export', { config: { export: true } }, handler);
      app.get('/other', { config: { export: true } }, handler);
      app.get('/plain', handler);
    });
    for (let left = 9; left >= 0; left--) {
      t.match(await call('/export'), {
        status: 200,
        headers: {
          'x-ratelimit-limit': '10',
          'x-ratelimit-remaining': String(left),
          'x-ratelimit-reset': /^\d+$/,
        },
      });
    }
    const refused = await call('/export');
    t.match(refused, {
      status: 429,
      headers: { 'x-ratelimit-remaining': '0', 'retry-after': /^([1-9]|[1-5]\d|60)$/ },
      body: { statusCode: 429, code: 'TIDEMARK_ERR_EXPORT_RATE', error: 'Too Many Requests' },
    });
    t.equal((await call('/other')).status, 200, 'another route counts for itself');
    t.equal((await call('/plain')).headers['x-ratelimit-limit'], undefined);
  },
);

t.test('routes may set their own limit and window', async (t) => {
  const call = await serve(t, async (app) => {
    await guard(app);
    app.get('/one', { config: { export: { max: 1, timeWindow: '1 hour' } } }, handler);
    app.get('/short', { config: { export: { max: 1, timeWindow: 200 } } }, handler);
  });
  t.match(await call('/one'), { status: 200, headers: { 'x-ratelimit-reset': '3600' } });
  t.equal((await call('/one')).status, 429);
  t.equal((await call('/short')).status, 200);
  t.equal((await call('/short')).status, 429);
  let status = 429;
  while (status === 429) status = (await call('/short')).status;
  t.equal(status, 200);
});

t.test('HEAD runs the same export and shares its count; each request counts once', async (t) => {
  const call = await serve(t, async (app) => {
    await guard(app);
    app.get('/export', { config: { export: { max: 3 } }, onRequest: [hostHook] }, handler);
    app.get('/single', { config: { export: { max: 3 } }, onRequest: hostHook }, handler);
    app.route({ method: ['GET', 'POST'], url: '/both', config: { export: { max: 3 } }, handler });
  });
  for (const path of ['/export', '/single']) {
    t.match(await call(path, 'HEAD'), { status: 200, headers: { 'x-ratelimit-remaining': '2' } });
    t.match(await call(path), { headers: { 'x-ratelimit-remaining': '1' } });
    t.match(await call(path, 'HEAD'), { headers: { 'x-ratelimit-remaining': '0' } });
    t.equal((await call(path)).status, 429);
  }
  t.match(await call('/both', 'POST'), { headers: { 'x-ratelimit-remaining': '2' } });
  t.match(await call('/both'), { headers: { 'x-ratelimit-remaining': '1' } });
});

t.test('clients are who the host takes them for', async (t) => {
  const trusting = await serve(t, countOne, { trustProxy: true });
  t.equal((await trusting('/export', 'GET', from('10.0.0.1'))).status, 200);
  t.equal((await trusting('/export', 'GET', from('10.0.0.2'))).status, 200);
  t.equal((await trusting('/export', 'GET', from('10.0.0.1'))).status, 429);
  for (const [address, same] of [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:9::1'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['X'.repeat(5000), `${'x'.repeat(64)}yz`],
  ] as const) {
    t.equal((await trusting('/export', 'GET', from(address))).status, 200, address.slice(0, 20));
    t.equal(
      (await trusting('/export', 'GET', from(same))).status,
      429,
      'an IPv6 client has a /64, a long one is cut',
    );
  }

  const wary = await serve(t, countOne);
  t.equal((await wary('/export', 'GET', from('10.0.0.1'))).status, 200);
  t.equal((await wary('/export', 'GET', from('10.0.0.2'))).status, 429);
});

t.test('it works on a Unix socket, where clients have no address', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await guard(app);
  app.get('/export', { config: { export: { max: 1 } } }, handler);
  const socketPath = socketPathOf(t);
  await app.listen({ path: socketPath });
  const status = () =>
    new Promise((resolve, reject) => {
      const call = httpRequest({ socketPath, path: '/export' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.on('error', reject).end();
    });
  t.equal(await status(), 200);
  t.equal(await status(), 429);
});

t.test('the host’s own limiter works beside it, whichever was registered first', async (t) => {
  for (const order of ['host first', 'guard first']) {
    const call = await serve(t, async (app) => {
      if (order === 'guard first') await guard(app);
      await app.register(rateLimit, { global: false });
      if (order === 'host first') await guard(app);
      app.get('/guarded', { config: { export: { max: 2 } } }, handler);
      app.get('/theirs', { config: { rateLimit: { max: 1 } } }, handler);
      app.get('/tighter', { config: { export: { max: 5 }, rateLimit: { max: 1 } } }, handler);
      app.get('/looser', { config: { export: { max: 1 }, rateLimit: { max: 5 } } }, handler);
      t.type(app.createRateLimit, 'function', 'the decorator is the host’s');
    });
    t.equal((await call('/guarded')).status, 200, order);
    t.equal((await call('/guarded')).status, 200);
    t.match(await call('/guarded'), { status: 429, body: { code: 'TIDEMARK_ERR_EXPORT_RATE' } }, order);
    t.equal((await call('/theirs')).status, 200);
    t.match(await call('/theirs'), { status: 429, body: { message: /Rate limit exceeded/ } }, order);
    t.equal((await call('/tighter')).status, 200);
    t.match(await call('/tighter'), { status: 429, body: { message: /Rate limit exceeded/ } }, order);
    t.equal((await call('/looser')).status, 200);
    t.match(await call('/looser'), { status: 429, body: { code: 'TIDEMARK_ERR_EXPORT_RATE' } }, order);
  }
});

t.test('routes that do not ask get no hook, and without any that asks nothing is started', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await guard(app);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.get('/plain', handler);
  app.get('/off', { config: { export: false } }, handler);
  app.get('/on', { config: { export: true } }, handler);
  await app.ready();
  const hooked = routes.filter(({ onRequest }) => onRequest !== undefined).map(({ url }) => url);
  t.same(hooked, ['/on', '/on'], 'GET and its HEAD');
  t.equal(app.hasDecorator('rateLimit') || app.hasDecorator('createRateLimit'), false);
});

t.test('a wrong value stops the start and names the route and every fault', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await guard(app);
  app.register(
    async (scope) => {
      scope.get('/:id/export', { config: { export: { max: 0, timeWindow: 'soon' } } }, handler);
    },
    { prefix: '/orders' },
  );
  const start = async () => {
    await app.ready();
  };
  await t.rejects(start, {
    code: 'TIDEMARK_ERR_CONFIG_INVALID',
    details: [
      { path: 'GET /orders/:id/export config.export.max' },
      { path: 'GET /orders/:id/export config.export.timeWindow' },
    ],
  });
});

t.test(
  'versions of a route count for themselves, and a shared Redis that fails leaves the local limit',
  async (t) => {
    const redis = fakeRedis();
    const call = await serve(t, async (app) => {
      await guard(app, { redis });
      for (const version of ['1.0.0', '2.0.0']) {
        app.get('/export', { constraints: { version }, config: { export: { max: 2 } } }, handler);
      }
    });
    const one = { 'accept-version': '1.0.0' };
    t.equal((await call('/export', 'GET', one)).status, 200);
    redis.mode = 'fails';
    t.equal((await call('/export', 'GET', one)).status, 200);
    t.equal((await call('/export', 'GET', one)).status, 429);
    t.equal((await call('/export', 'GET', { 'accept-version': '2.0.0' })).status, 200);
    t.match(
      [...redis.counts.keys()],
      [/^tidemark:rate:export:GET \/export version=1\.0\.0 2\/60000:127\.0\.0\.1$/],
    );
  },
);
