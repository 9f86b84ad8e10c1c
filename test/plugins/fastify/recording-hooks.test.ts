import { connect as connectHttp2, constants } from 'node:http2';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import t from 'tap';
import { request } from 'undici';
import { plugged, rawSocket, until } from '../../helpers/plugged-app.js';

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

async function call(url: string, method: Method = 'GET', body?: string) {
  const answer = await request(url, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text };
}

const never = () => new Promise<never>(() => undefined);
const pipelined = (n: number) => `GET /${n} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

const refuse = (path: string) => (app: FastifyInstance) => {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === path) return reply.code(401).send({});
    return undefined;
  });
};

t.test('answers of every kind are counted under the pattern of their route', async (t) => {
  const { base, recorded } = await plugged(t, (app) => {
    app.get('/orders/:id', async () => ({ ok: true }));
    app.post('/orders', async ({ body }) => body);
    app.get('/thrown', async () => {
      throw new Error('mine');
    });
    app.get('/callback', (_request, reply) => void reply.send('later'));
    app.get('/teapot', async (_request, reply) => reply.code(418).send({}));
    app.get('/null', (_request, reply) => void reply.send(null));
    app.get('/204', (_request, reply) => void reply.code(204).send());
    app.get('/304', (_request, reply) => void reply.code(304).send());
    app.all('/all', async () => 'any');
    app.route({ method: ['GET', 'PUT'], url: '/two', handler: async () => 'two' });
  });
  for (const id of ['1', '2?x=1', '3']) await call(`${base}/orders/${id}`);
  t.equal((await call(`${base}/orders`, 'POST', '{"a":1}')).text, '{"a":1}');
  await call(`${base}/orders`, 'POST', '{broken');
  for (const path of ['thrown', 'callback', 'teapot', 'null', '204', '304', 'all', 'two']) {
    await call(`${base}/${path}`);
  }
  await call(`${base}/orders/1`, 'HEAD');
  await call(`${base}/all`, 'DELETE');
  await call(`${base}/two`, 'PUT', '{}');
  await call(`${base}/no/such/thing`);
  await call(`${base}/orders`, 'DELETE');
  t.same(await recorded(), {
    __unmatched__: { '4xx': 2 },
    'GET /orders/:id': { '2xx': 3 },
    'HEAD /orders/:id': { '2xx': 1 },
    'POST /orders': { '2xx': 1, '4xx': 1 },
    'GET /thrown': { '5xx': 1 },
    'GET /callback': { '2xx': 1 },
    'GET /teapot': { '4xx': 1 },
    'GET /null': { '2xx': 1 },
    'GET /204': { '2xx': 1 },
    'GET /304': { '3xx': 1 },
    'ALL /all': { '2xx': 2 },
    'GET|PUT /two': { '2xx': 2 },
  });
});

t.test('streams and hijacked replies are closed, however they end', async (t) => {
  const { base, recorded } = await plugged(t, (app) => {
    app.get('/stream', async () => Readable.from(['a', 'b']));
    app.get('/broken-stream', async () => {
      const stream = new PassThrough();
      stream.write('a');
      setImmediate(() => stream.destroy(new Error('mine')));
      return stream;
    });
    app.get('/raw-end', (_request, reply) => {
      reply.hijack();
      reply.raw.end('by hand');
    });
    app.get('/raw-destroy', (_request, reply) => {
      reply.hijack();
      reply.raw.destroy();
    });
  });
  t.equal((await call(`${base}/stream`)).text, 'ab');
  await t.rejects(call(`${base}/broken-stream`));
  t.equal((await call(`${base}/raw-end`)).text, 'by hand');
  await t.rejects(call(`${base}/raw-destroy`));
  t.same(await recorded(), {
    'GET /stream': { '2xx': 1 },
    'GET /broken-stream': { aborted: 1 },
    'GET /raw-end': { '2xx': 1 },
    'GET /raw-destroy': { aborted: 1 },
  });
});

t.test('a client that leaves is an abort, whenever it leaves', async (t) => {
  const { base, recorder, recorded } = await plugged(t, (app) => {
    app.get('/never', never);
    app.post('/never', never);
    app.get('/endless', async () => {
      const stream = new PassThrough();
      stream.write('first');
      return stream;
    });
    app.get('/large', async () => Buffer.alloc(64 * 1024 * 1024));
  });
  const leave = async (head: string, when: (received: string) => boolean) => {
    const { socket, received } = await rawSocket(t, base);
    // What is not read fills the buffers, so that a large answer cannot get out.
    socket.once('data', () => socket.pause());
    const before = recorder.inFlight;
    socket.write(head);
    await until('the request began', () => recorder.inFlight === before + 1 && when(received()));
    socket.destroy();
    await until('the request was closed', () => recorder.inFlight === before);
  };
  const headers = 'Host: localhost\r\nContent-Type: application/json\r\n';
  await leave(`GET /never HTTP/1.1\r\n${headers}\r\n`, () => true);
  await leave(`POST /never HTTP/1.1\r\n${headers}Content-Length: 2\r\n\r\n{}`, () => true);
  await leave(`POST /never HTTP/1.1\r\n${headers}Content-Length: 20\r\n\r\n{}`, () => true);
  await leave(`GET /endless HTTP/1.1\r\n${headers}\r\n`, (received) => received.includes('first'));
  await leave(`GET /large HTTP/1.1\r\n${headers}\r\n`, (received) => received !== '');
  t.same(await recorded(), {
    'GET /never': { aborted: 1 },
    'POST /never': { aborted: 2 },
    'GET /endless': { aborted: 1 },
    'GET /large': { aborted: 1 },
  });
});

t.test('pipelined requests on one connection are all counted', async (t) => {
  const { base, recorder, recorded } = await plugged(t, (app) => {
    app.get('/:n', async () => {
      await new Promise(setImmediate);
      return 'x';
    });
  });
  const { socket, received } = await rawSocket(t, base);
  socket.write(Array.from({ length: 20 }, (_, n) => pipelined(n)).join(''));
  await until('all are answered', () => received().split('HTTP/1.1 200').length === 21);
  socket.destroy();
  t.same(await recorded(), { 'GET /:n': { '2xx': 20 } });
  t.equal(recorder.completed, 20);
});

t.test('HTTP/2 requests are counted, and their aborts', async (t) => {
  // Fastify's types make an HTTP/2 instance another type.
  const server = { http2: true } as object;
  const { base, recorder, recorded } = await plugged(
    t,
    (app) => {
      app.get('/hello', async () => 'hello');
      app.get('/large', async () => Buffer.alloc(8 * 1024 * 1024));
      app.get('/never', never);
    },
    { server },
  );
  const session = connectHttp2(base);
  t.teardown(() => session.destroy());
  const ask = (path: string) => session.request({ ':path': path });
  const hello = ask('/hello');
  const headers = await new Promise<Record<string, unknown>>((resolve) => hello.once('response', resolve));
  t.match(headers, { ':status': 200, 'x-memory-delta-quality': /^(clean|gc)$/ });
  hello.resume();
  for (const path of ['/never', '/large']) {
    await until('nothing in flight', () => recorder.inFlight === 0);
    const stream = ask(path);
    stream.on('error', () => undefined);
    await until('the request began', () => recorder.inFlight === 1);
    stream.close(constants.NGHTTP2_CANCEL);
  }
  t.same(await recorded(), {
    'GET /hello': { '2xx': 1 },
    'GET /never': { aborted: 1 },
    'GET /large': { aborted: 1 },
  });
});

t.test('injected requests have no socket and are counted all the same', async (t) => {
  const { app, recorded } = await plugged(t, (app) => {
    app.get('/hello', async () => 'hello');
    app.get('/204', (_request, reply) => void reply.code(204).send());
    app.get('/raw-destroy', (_request, reply) => {
      reply.hijack();
      reply.raw.destroy();
    });
  });
  t.match((await app.inject('/hello')).headers, { 'x-memory-delta-bytes': String });
  await app.inject('/204');
  await app.inject('/nowhere');
  await t.rejects(app.inject('/raw-destroy'));
  t.same(await recorded(), {
    __unmatched__: { '4xx': 1 },
    'GET /hello': { '2xx': 1 },
    'GET /204': { '2xx': 1 },
    'GET /raw-destroy': { aborted: 1 },
  });
});

t.test('requests that a hook of the host refuses are counted when it comes after ours', async (t) => {
  const { base, recorded } = await plugged(
    t,
    (app) => {
      refuse('/after')(app);
      app.get('/before', async () => 'x');
      app.get('/after', async () => 'x');
    },
    { before: refuse('/before') },
  );
  t.equal((await call(`${base}/before`)).status, 401);
  t.equal((await call(`${base}/after`)).status, 401);
  t.same(await recorded(), { 'GET /after': { '4xx': 1 } });
});

const answer = (name: string) => ({
  errorHandler: (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
    reply.code(503).send({ by: name, error: error instanceof Error ? error.message : error }),
});

const passOn = async (failure: unknown): Promise<never> => {
  throw failure;
};

/** Every way to fail that Fastify knows, with every kind of error handler. */
function failing(app: FastifyInstance): void {
  app.addHook('onError', async (_request, reply) => {
    reply.header('x-errors', Number(reply.getHeader('x-errors') ?? 0) + 1);
  });
  const failures: Record<string, unknown> = {
    error: Object.assign(new Error('no tea'), { statusCode: 418 }),
    text: 'no tea',
    object: { tea: 'none' },
    nothing: undefined,
  };
  const routes = (scope: FastifyInstance, own: object): void => {
    for (const [name, failure] of Object.entries(failures)) {
      scope.get(`/${name}/thrown`, own, () => {
        throw failure;
      });
      scope.get(`/${name}/rejected`, own, async () => {
        await nextTurn();
        throw failure;
      });
    }
  };
  const scopes: Record<string, (scope: FastifyInstance) => object> = {
    plain: () => ({}),
    instance: (scope) => {
      scope.setErrorHandler(answer('instance').errorHandler);
      return {};
    },
    route: () => answer('route'),
    passing: (scope) => {
      scope.setErrorHandler(answer('instance').errorHandler);
      return { errorHandler: passOn };
    },
    failing: (scope) => {
      scope.setErrorHandler(() => {
        throw new Error('the handler failed, too');
      });
      return {};
    },
  };
  for (const [prefix, options] of Object.entries(scopes)) {
    app.register(async (scope) => routes(scope, options(scope)), { prefix });
  }
}

t.test('every failure is answered as without the plugin', async (t) => {
  const bare = fastify();
  failing(bare);
  await bare.ready();
  t.teardown(() => bare.close());
  const { base } = await plugged(t, failing);
  for (const scope of ['plain', 'instance', 'route', 'passing', 'failing']) {
    for (const name of ['error', 'text', 'object', 'nothing']) {
      for (const way of ['thrown', 'rejected']) {
        const url = `/${scope}/${name}/${way}`;
        const { statusCode, body, headers } = await bare.inject(url);
        const { status, text, headers: theirs } = await call(`${base}${url}`);
        t.same(
          { status, text, type: theirs['content-type'], errors: theirs['x-errors'] },
          { status: statusCode, text: body, type: headers['content-type'], errors: '1' },
          url,
        );
      }
    }
  }
});

t.test('a handler that runs out of time is counted when it is answered', async (t) => {
  const { base, recorded } = await plugged(t, (app) => {
    app.get('/slow', { handlerTimeout: 20 }, never);
  });
  t.equal((await call(`${base}/slow`)).status, 503);
  t.same(await recorded(), { 'GET /slow': { '5xx': 1 } });
});

t.test('prefixes, both slashes and constraints keep one pattern a route', async (t) => {
  const { base, recorded } = await plugged(t, (app) => {
    app.register(async (scope) => scope.get('/', async () => 'root').get('/:id', async () => 'one'), {
      prefix: '/shop',
    });
    app.get('/versioned', { constraints: { version: '1.0.0' } }, async () => 'v1');
    app.get('/versioned', { constraints: { version: '2.0.0' } }, async () => 'v2');
  });
  await call(`${base}/shop`);
  await call(`${base}/shop/`);
  await call(`${base}/shop/7`);
  for (const version of ['1.x', '2.x', '3.x']) {
    await (await request(`${base}/versioned`, { headers: { 'accept-version': version } })).body.dump();
  }
  const counts = await recorded();
  t.same(counts['GET /shop/:id'], { '2xx': 1 });
  t.same(counts['GET /versioned'], { '2xx': 2 });
  t.same(counts['__unmatched__'], { '4xx': 1 });
  const root = Object.keys(counts).filter((label) => /^GET \/shop\/?$/.test(label));
  t.same(
    root.map((label) => counts[label]),
    [{ '2xx': 2 }],
    `${root.join(' and ')}`,
  );
});

t.test('routes from before the plugin are recorded, and the log says what they go without', async (t) => {
  const log: string[] = [];
  const logger = { level: 'warn', stream: { write: (line: string) => void log.push(line) } };
  const { base, recorded } = await plugged(t, () => undefined, {
    server: { logger },
    tidemark: { requests: { exclude: ['GET /quiet'] } },
    async before(app) {
      app.get('/early', async () => 'x');
      app.get('/quiet', async () => 'x');
      await app.register(async (scope) => void scope.get('/child', async () => 'x'), { prefix: '/pre' });
    },
  });
  for (const path of ['/early', '/early', '/quiet', '/pre/child']) await call(base + path);
  await call(`${base}/quiet`, 'HEAD');
  t.same(await recorded(), { 'GET /early': { '2xx': 2 }, 'GET /pre/child': { '2xx': 1 } });
  t.equal(log.filter((line) => line.includes('registered before it')).length, 1);
});

t.test('excluded routes and our own are not recorded', async (t) => {
  const { base, app, recorded } = await plugged(
    t,
    (app) => {
      app.get('/assets/*', async () => 'x');
      app.get('/ping', async () => 'x');
      app.post('/ping', async () => 'x');
    },
    { tidemark: { requests: { exclude: ['/assets/*', 'GET /ping'] } } },
  );
  for (const path of ['/assets/a.js', '/ping', '/memory/stats', '/health', '/metrics']) {
    const { headers } = await call(base + path);
    t.notOk(headers['x-memory-delta-bytes'], path);
  }
  await call(`${base}/ping`, 'HEAD');
  await call(`${base}/ping`, 'POST', '{}');
  t.same(await recorded(), { 'POST /ping': { '2xx': 1 } });
  t.equal(app.tidemarkParts.core.recorder!.routes.size, 3, 'they take no row either');
});

t.test('routes beyond the limit share a row', async (t) => {
  const { app, base, recorded } = await plugged(
    t,
    (app) => {
      for (const path of ['/1', '/2', '/3', '/4']) app.get(path, async () => 'x');
    },
    { tidemark: { requests: { maxRoutes: 2 } } },
  );
  for (const path of ['/1', '/2', '/3', '/4', '/4']) await call(base + path);
  t.same(await recorded(), {
    'GET /1': { '2xx': 1 },
    'GET /2': { '2xx': 1 },
    __overflow__: { '2xx': 3 },
  });
  t.match(app.tidemark.stats(), { cost: { routesDropped: 2 } });
});

t.test('a handler that is none is still refused by Fastify', async (t) => {
  await plugged(t, (app) => {
    t.throws(() => app.route({ method: 'GET', url: '/x', handler: 'none' as never }));
  });
});

t.test('a deep reading that fails breaks no request', async (t) => {
  const { app, base, recorded } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    tidemark: { requestProfiling: { probability: 1 } },
  });
  const { memoryUsage } = process;
  t.teardown(() => (process.memoryUsage = memoryUsage));
  await call(`${base}/hello`);
  process.memoryUsage = Object.assign(
    () => {
      throw new Error('refused by the sandbox');
    },
    { rss: memoryUsage.rss },
  );
  t.equal((await call(`${base}/hello`)).status, 200);
  process.memoryUsage = memoryUsage;
  t.same(await recorded(), { 'GET /hello': { '2xx': 2 } });
  t.equal(app.tidemarkParts.core.deep?.taken, 1);
  t.match(app.tidemarkParts.core.failures(), { deepReading: 1 });
});
