import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import entry from '../../plugins/tidemark.js';
import { tidemark, type TidemarkOptions } from '../../plugins/tidemark.js';
import { plugged, recordedIn, until } from '../helpers/plugged-app.js';

function refuse(): never {
  throw new Error('refused by the sandbox');
}

async function statusOf(url: string): Promise<number> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode;
}

async function json(url: string): Promise<Record<string, unknown>> {
  const { body } = await request(url);
  return (await body.json()) as Record<string, unknown>;
}

/** What start-up says, or undefined when it succeeds. */
async function startUpError(t: Test, options: object): Promise<Error & { code?: string; details?: unknown }> {
  const app = Fastify();
  t.teardown(() => app.close());
  try {
    await app.register(tidemark, { stateDirectory: t.testdir(), ...options });
    await app.ready();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it started');
}

t.test('a second registration is refused, wherever it is made', async (t) => {
  const code = 'TIDEMARK_ERR_PLUGIN_REGISTERED_TWICE';
  const other = Fastify();
  t.teardown(() => other.close());
  await other.register(tidemark, { stateDirectory: t.testdir() });
  await t.rejects(async () => other.register(tidemark, { stateDirectory: t.testdir() }), { code });

  const nested = Fastify();
  t.teardown(() => nested.close());
  await nested.register(tidemark, { stateDirectory: t.testdir() });
  await t.rejects(
    async () =>
      nested.register(async (scope) => {
        await scope.register(tidemark, { stateDirectory: t.testdir() });
      }),
    { code },
  );
});

t.test('two applications in one process share nothing but the profiler', async (t) => {
  const one = await plugged(t, (app) => void app.get('/one', async () => 'x'));
  const two = await plugged(t, (app) => void app.get('/two', async () => 'x'));
  await statusOf(`${one.base}/one`);
  await statusOf(`${two.base}/two`);
  await statusOf(`${two.base}/two`);
  t.same(await one.recorded(), { 'GET /one': { '2xx': 1 } });
  t.same(await two.recorded(), { 'GET /two': { '2xx': 2 } });
  await one.app.close();
  t.equal(one.app.tidemarkParts.core.profile?.running, false);
  t.equal(two.app.tidemarkParts.core.profile?.running, true, 'closing one leaves the other its profiler');
  t.equal(await statusOf(`${two.base}/memory/profile`), 200);
});

t.test('wrong options stop the start, and the error lists all of them', async (t) => {
  const error = await startUpError(t, {
    prefix: 'no-slash',
    verdict: { fillHorizonSeconds: -1, gcProb: 'off' },
    nonsense: true,
  });
  t.match(error, { code: 'TIDEMARK_ERR_CONFIG_INVALID' });
  for (const path of ['prefix', 'verdict.fillHorizonSeconds', 'verdict.gcProb', 'nonsense']) {
    t.match(error.message, path);
  }
});

t.test('import and require give the same plugin', async (t) => {
  t.equal(entry, tidemark);
  // As a CommonJS application would; Node hands out `module.exports` from version 20.19 on.
  const required: unknown = createRequire(import.meta.url)('../../plugins/tidemark.js');
  t.equal(required, tidemark);
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(required as typeof tidemark, { stateDirectory: t.testdir() });
  t.equal((await app.inject('/memory/stats')).statusCode, 200);
});

t.test('the prefix moves the diagnostics and not the metrics', async (t) => {
  const { base } = await plugged(t, () => undefined, {
    tidemark: { prefix: '/api', metrics: { path: '/internal/metrics' } },
  });
  t.equal(await statusOf(`${base}/api/memory/stats`), 200);
  t.equal(await statusOf(`${base}/api/health`), 200);
  t.equal(await statusOf(`${base}/internal/metrics`), 200);
  for (const path of ['/memory/stats', '/api/metrics', '/metrics', '/api/internal/metrics']) {
    t.equal(await statusOf(base + path), 404, path);
  }
  const stats = await json(`${base}/api/memory/stats`);
  t.match(JSON.stringify(stats['next']), `${base}/api/memory/leak-detection`, 'commands point there');
});

t.test('without metrics there is no route for them', async (t) => {
  const { base, app } = await plugged(t, () => undefined, { tidemark: { metrics: { enabled: false } } });
  t.equal(await statusOf(`${base}/metrics`), 404);
  await t.rejects(app.tidemark.metrics(undefined), { code: 'TIDEMARK_ERR_FEATURE_OFF' });
});

t.test('a management listener answers what the public port does not', async (t) => {
  const { app, base } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    tidemark: { listen: '127.0.0.1:0', prefix: '/api' },
  });
  const management = app.tidemarkParts.managementUrl!;
  t.not(new URL(management).port, new URL(base).port);
  for (const path of ['/api/memory/stats', '/api/health', '/metrics', '/api/memory/leak-detection']) {
    t.equal(await statusOf(management + path), 200, path);
    t.equal(await statusOf(base + path), 404, `${path} in public`);
  }
  t.equal(await statusOf(`${base}/hello`), 200);
  t.equal(await statusOf(`${management}/hello`), 404);
  const stats = await json(`${management}/api/memory/stats`);
  t.match(JSON.stringify(stats['next']), `${management}/api/memory/`, 'commands point to it');
  t.match(recordedIn(app.tidemarkParts.core.recorder!), { 'GET /hello': { '2xx': 1 } });
  await app.close();
  await t.rejects(request(`${management}/api/memory/stats`), 'and closes with the application');
});

t.test('an occupied management address stops the start, and is named', async (t) => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
  t.teardown(() => occupant.close());
  const address = `127.0.0.1:${(occupant.address() as AddressInfo).port}`;
  const error = await startUpError(t, { listen: address });
  t.match(error, { code: 'TIDEMARK_ERR_LISTEN_FAILED', message: address, cause: { code: 'EADDRINUSE' } });
});

t.test('a route of the host that is ours stops the start', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/health', async () => 'mine');
  await t.rejects(async () => app.register(tidemark, { stateDirectory: t.testdir() }), {
    code: 'FST_ERR_DUPLICATED_ROUTE',
    message: /health/,
  });
});

t.test('what fails in the process shows in the answers, and requests go on', async (t) => {
  const log: string[] = [];
  const logger = { level: 'warn', stream: { write: (line: string) => void log.push(line) } };
  const { memoryUsage } = process;
  const restore = () => (process.memoryUsage = memoryUsage);
  t.teardown(restore);
  process.memoryUsage = Object.assign(refuse, { rss: refuse });
  const { app, base, recorded } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    server: { logger },
    tidemark: { history: { intervalSeconds: 1 } },
  });
  await until('a tick came', () => app.tidemarkParts.core.failures()['memoryUsage']! >= 2);
  t.equal(await statusOf(`${base}/hello`), 200);
  const stats = await json(`${base}/memory/stats`);
  restore();
  t.notOk('rssBytes' in stats);
  t.match(stats, { cost: { errors: { memoryUsage: Number } } });
  t.ok(Number((stats['cost'] as { errors: Record<string, number> }).errors['memoryUsage']) >= 2);
  t.equal(log.filter((line) => line.includes('memoryUsage')).length, 1, 'once');
  t.same(await recorded(), { 'GET /hello': { '2xx': 1 } });
});

t.test('everything optional can be off at once', async (t) => {
  const off: TidemarkOptions = {
    requests: { enabled: false },
    requestProfiling: { probability: 0 },
    metrics: { enabled: false },
    history: { enabled: false },
    verdict: { enabled: false },
    profile: { enabled: false },
  };
  const { app, base } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    tidemark: off,
  });
  t.equal(await statusOf(`${base}/hello`), 200);
  for (const path of ['/memory/stats', '/health']) t.equal(await statusOf(base + path), 200);
  for (const path of [
    '/memory/history',
    '/memory/leak-detection',
    '/memory/routes',
    '/memory/profile',
    '/debug/pprof/heap',
  ]) {
    t.match(await json(base + path), { statusCode: 404, code: 'TIDEMARK_ERR_FEATURE_OFF' }, path);
  }
  t.match(await request(`${base}/memory/gc`, { method: 'POST' }), { statusCode: 200 });
  const { recorder, deep, history, profile, detector } = app.tidemarkParts.core;
  t.same({ recorder, deep, history, profile, detector }, {});
  t.match(app.tidemark.stats(), { cost: { routes: 0, profileReadings: 0 } });
});
