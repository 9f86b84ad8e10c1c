import Fastify, { type FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { Client, request } from 'undici';
import { tidemark, type TidemarkOptions } from '../../../plugins/tidemark.js';
import { plugged } from '../../helpers/plugged-app.js';
import { socketPathOf } from '../../helpers/socket-path.js';

const HEADERS = ['x-memory-delta-bytes', 'x-memory-delta-quality', 'x-memory-heap-used-bytes'];

const sayHello = async (): Promise<string> => 'hello';

function hello(app: FastifyInstance): void {
  app.get('/hello', sayHello);
}

/** Which of our headers an answer has: all of them or none, anything else is a fault. */
async function shows(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await request(url, { headers });
  await answer.body.dump();
  const present = [...HEADERS, 'server-timing'].filter((name) => name in answer.headers);
  if (present.length !== 0 && present.length !== 4) throw new Error(`only ${present.join(', ')}`);
  return present.length === 4;
}

async function withOptions(t: Test, tidemark: TidemarkOptions) {
  return plugged(t, hello, { tidemark });
}

/** Lifecycle hooks of the root instance, by name. */
function hooksOf(app: FastifyInstance): Record<string, number> {
  const key = Object.getOwnPropertySymbols(app).find((symbol) => symbol.description === 'fastify.hooks');
  const hooks = Reflect.get(app, key!) as Record<string, unknown[]>;
  return Object.fromEntries(
    ['onRequest', 'onSend', 'onResponse', 'onRoute', 'onError', 'preHandler', 'onTimeout'].map((name) => [
      name,
      hooks[name]!.length,
    ]),
  );
}

const none = { onResponse: 0, onError: 0, preHandler: 0, onTimeout: 0 };

t.test('an answer says what its request did to the heap', async (t) => {
  const { base } = await plugged(t, (app) => {
    app.get('/allocates', async () => {
      const kept = Array.from({ length: 50_000 }, (_, i) => ({ i }));
      return kept.length;
    });
  });
  const { headers, body } = await request(`${base}/allocates`);
  await body.dump();
  t.match(headers['x-memory-delta-quality'], /^(clean|gc)$/);
  t.match(headers['x-memory-delta-bytes'], /^-?\d+$/);
  if (headers['x-memory-delta-quality'] === 'clean') t.ok(Number(headers['x-memory-delta-bytes']) > 1e6);
  t.ok(Number(headers['x-memory-heap-used-bytes']) > 1e6);
  t.match(headers['server-timing'], /^app;dur=\d+\.\d\d, heap;desc="[+-][\d.]+ [KMG]iB"$/);
});

t.test("our timing is appended to the application's own", async (t) => {
  const { base } = await plugged(t, (app) => {
    app.get('/timed', async (_request, reply) => reply.header('server-timing', 'db;dur=5').send('x'));
    app.get('/raw', async (_request, reply) => {
      reply.raw.setHeader('server-timing', 'raw;dur=7');
      return 'x';
    });
  });
  for (const [path, own] of [
    ['/timed', 'db;dur=5'],
    ['/raw', 'raw;dur=7'],
  ]) {
    const { headers, body } = await request(base + path!);
    await body.dump();
    t.match(String(headers['server-timing']), new RegExp(`^${own}, app;dur=`), path!);
  }
});

t.test('an error in a later onSend hook does not say everything twice', async (t) => {
  const { base, recorder } = await plugged(t, (app) => {
    app.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 200) throw new Error('mine');
    });
    app.get('/hello', async () => 'hello');
  });
  const { statusCode, headers, body } = await request(`${base}/hello`);
  await body.dump();
  t.equal(statusCode, 500);
  t.equal(String(headers['server-timing']).split('app;dur=').length, 2);
  const { cleanSamples, gcSamples, overlapSamples } = recorder.columns;
  recorder.settle();
  const route = recorder.addRoute('GET', '/hello');
  t.ok(cleanSamples[route]! + gcSamples[route]! + overlapSamples[route]! <= 1);
});

t.test('who sees the headers', async (t) => {
  const bearer = 'Bearer 0123456789abcdef0123456789abcdef';
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };

  const always = await withOptions(t, { responseHeaders: 'always' });
  t.ok(await shows(`${always.base}/hello`, forwarded), 'always: everybody');
  t.ok(await shows(`${always.base}/nowhere`), 'also on a 404');

  const authorized = await withOptions(t, {
    responseHeaders: 'authorized',
    token: 'read:0123456789abcdef0123456789abcdef',
  });
  t.ok(await shows(`${authorized.base}/hello`), 'authorized: a direct loopback peer');
  t.notOk(await shows(`${authorized.base}/hello`, forwarded), 'not what a proxy forwards');
  t.notOk(await shows(`${authorized.base}/hello`, { authorization: 'Bearer wrong' }), 'not an unknown token');
  t.ok(await shows(`${authorized.base}/hello`, { ...forwarded, authorization: bearer }), 'a known token');
  t.match(await authorized.recorded(), { 'GET /hello': { '2xx': 4 } }, 'recorded all the same');

  const never = await withOptions(t, { responseHeaders: 'never' });
  t.notOk(await shows(`${never.base}/hello`), 'never: nobody');
});

t.test('in production the headers are for the authorized unless told otherwise', async (t) => {
  const before = process.env['NODE_ENV'];
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  });
  process.env['NODE_ENV'] = 'production';
  const { base } = await withOptions(t, {});
  t.ok(await shows(`${base}/hello`));
  t.notOk(await shows(`${base}/hello`, { via: '1.1 proxy' }));
  process.env['NODE_ENV'] = 'development';
  const other = await withOptions(t, {});
  t.ok(await shows(`${other.base}/hello`, { via: '1.1 proxy' }));
});

t.test('authorize may take its time, and may fail', async (t) => {
  const { base, recorded } = await plugged(
    t,
    (app) => {
      hello(app);
      app.get('/unsendable', async (_request, reply) => reply.type('application/x-mine').send({}));
    },
    {
      tidemark: {
        responseHeaders: 'authorized',
        async authorize(request) {
          await new Promise(setImmediate);
          if (request.headers['x-user'] === 'broken') throw new Error('mine');
          return request.headers['x-user'] === 'known';
        },
      },
    },
  );
  t.ok(await shows(`${base}/hello`, { 'x-user': 'known' }));
  t.notOk(await shows(`${base}/hello`, { 'x-user': 'other' }));
  t.notOk(await shows(`${base}/hello`, { 'x-user': 'broken' }));
  const { statusCode, body } = await request(`${base}/unsendable`, { headers: { 'x-user': 'known' } });
  t.match(await body.json(), { code: 'FST_ERR_REP_INVALID_PAYLOAD_TYPE' });
  t.equal(statusCode, 500, 'what Fastify refuses to send is an answer and no crash');
  t.same(await recorded(), { 'GET /hello': { '2xx': 3 }, 'GET /unsendable': { '5xx': 1 } });
});

t.test('a peer on a Unix socket is local', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(tidemark, { responseHeaders: 'authorized', stateDirectory: t.testdir() });
  hello(app);
  const path = socketPathOf(t);
  await app.listen({ path });
  const client = new Client('http://localhost', { socketPath: path });
  t.teardown(() => client.destroy());
  const { headers, statusCode, body } = await client.request({ path: '/hello', method: 'GET' });
  await body.dump();
  t.equal(statusCode, 200);
  t.match(headers, { 'x-memory-delta-quality': String, 'x-memory-delta-bytes': String });
});

t.test('what is off adds no hook', async (t) => {
  const hooks = async (options: TidemarkOptions) => hooksOf((await withOptions(t, options)).app);
  const off = { requests: { enabled: false } } as const;
  const bare = await hooks(off);
  t.match(bare, { ...none, onRequest: 0, onSend: 0 });
  const unsampled = { profile: { enabled: false } } as const;
  t.match(await hooks({ ...unsampled, responseHeaders: 'never' }), { ...none, onRequest: 1, onSend: 0 });
  t.match(await hooks({ ...unsampled, requests: { heapDelta: false } }), {
    ...none,
    onRequest: 1,
    onSend: 0,
  });
  const { onRoute, ...others } = await hooks(unsampled);
  t.match(others, { ...none, onRequest: 1, onSend: 1 });
  t.equal(onRoute, bare['onRoute']! + 1, 'one hook sees the routes');
  t.same(await hooks({}), await hooks(unsampled), 'the profile needs none');
});

t.test('handlers are not wrapped', async (t) => {
  const handlers: unknown[] = [];
  await plugged(t, (app) => {
    app.addHook('onRoute', (route) => void handlers.push(route.handler));
    hello(app);
  });
  t.same(
    handlers.map((handler) => handler === sayHello),
    [true, true],
  );
});
