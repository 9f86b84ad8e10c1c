import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { tidemark, type TidemarkOptions } from '../../plugins/tidemark.js';
import { beyond } from '../helpers/left-over.js';
import { plugged, until } from '../helpers/plugged-app.js';
import type { WholeLife } from './fixtures/whole-life.js';

const fixture = fileURLToPath(new URL('fixtures/whole-life.js', import.meta.url));

/** Runs the fixture; a process that does not end by itself is killed, and that is an error. */
async function wholeLife(t: Test, options: TidemarkOptions) {
  const given = JSON.stringify({ stateDirectory: t.testdir(), ...options });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [fixture, given], {
    timeout: 20_000,
  });
  t.equal(stderr, '', 'no warning');
  return JSON.parse(stdout) as WholeLife;
}

t.test('nothing survives app.close()', async (t) => {
  const { before, serving, left } = await wholeLife(t, {
    listen: '127.0.0.1:0',
    history: { intervalSeconds: 1 },
    requestProfiling: { probability: 1 },
    verdict: { gcProbe: 'interval' },
    profile: { samplingIntervalBytes: 16_384 },
  });
  t.match(
    serving,
    { observers: 1, gcProfilers: 1, delayHistograms: 1, samplesHeap: true },
    'it was all there',
  );
  t.equal(serving.timers.length, 1, `one timer: ${serving.timers.join()}`);
  t.ok(serving.descriptors.length > before.descriptors.length, 'sockets');
  t.same(left, []);
});

t.test('what is off is not there', async (t) => {
  const { before, serving, left } = await wholeLife(t, {
    requests: { enabled: false },
    requestProfiling: { probability: 0 },
    metrics: { enabled: false },
    history: { enabled: false },
    verdict: { enabled: false },
    profile: { enabled: false },
    snapshots: { enabled: false },
  });
  t.equal(serving.samplesHeap, false);
  t.ok(serving.threads <= before.threads, 'no thread');
  t.ok(serving.processListeners <= before.processListeners);
  t.ok(serving.timers.length <= 1, serving.timers.join());
  t.same(beyond(serving.globals, before.globals), []);
  t.same(left, []);
});

t.test('requests in flight finish while the application closes', async (t) => {
  const { app, base, recorder } = await plugged(t, (app) => {
    app.get('/slow', async () => {
      await until('the application closes', () => app.tidemarkParts.core.stopping.aborted);
      return 'done';
    });
  });
  // Fastify leaves it to the client to let go of a connection that was busy when it closed.
  const answers = Array.from({ length: 5 }, () => request(`${base}/slow`, { reset: true }));
  await until('they are in flight', () => recorder.inFlight === 5);
  const closed = app.close();
  for (const { statusCode, body } of await Promise.all(answers)) {
    t.equal(statusCode, 200);
    t.equal(await body.text(), 'done');
  }
  await closed;
  await until('all are closed', () => recorder.inFlight === 0);
  t.equal(recorder.completed, 5);
});

t.test('a profile that waits does not hold up the close', async (t) => {
  const { app, base } = await plugged(t, () => undefined);
  const answer = request(`${base}/memory/profile?seconds=3600`);
  await until('the first reading was taken', () => app.tidemarkParts.core.profile?.readings.length === 1);
  await app.close();
  const { statusCode, body } = await answer;
  t.equal(statusCode, 503);
  t.match(await body.json(), { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', message: /closing/ });
});

t.test('an open retention window does not hold up the close either', async (t) => {
  const { app, base } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    tidemark: { verdict: { gcProbe: 'off' } },
  });
  const { core } = app.tidemarkParts;
  const looking = core.retention({ wantedMs: 3_600_000 }).then(
    () => 'an answer',
    (error: unknown) => error,
  );
  await until('it follows requests', () => core.windows!.open !== undefined);
  for (let i = 0; i < 20; i += 1) await (await request(`${base}/hello`)).body.dump();
  const closing = once(core.stopping, 'abort').then(async () => turn());
  const closed = app.close();
  await closing;
  t.equal(core.windows!.open, undefined, 'it ends as soon as the close begins');
  await closed;
  t.match(await looking, { code: /^TIDEMARK_ERR_/ });
  t.notOk('retentionWindow' in core.failures(), 'and that is no failure');
});

t.test('a client that leaves ends the wait of its profile, and is no failure', async (t) => {
  const log: string[] = [];
  const logger = { level: 'error', stream: { write: (line: string) => void log.push(line) } };
  const { app, base } = await plugged(t, () => undefined, { server: { logger } });
  const leave = new AbortController();
  const answer = request(`${base}/memory/profile?seconds=3600`, { signal: leave.signal });
  await until('the first reading was taken', () => app.tidemarkParts.core.profile?.readings.length === 1);
  leave.abort();
  await t.rejects(answer);
  await app.close();
  t.same(log, []);
});

t.test('an application may be closed at any time, and twice', async (t) => {
  const make = async () => {
    const app = Fastify();
    await app.register(tidemark, {
      stateDirectory: t.testdir(),
      listen: '127.0.0.1:0',
      history: { intervalSeconds: 1 },
    });
    return app;
  };
  const early = await make();
  await early.close();
  t.equal(early.tidemarkParts.core.profile?.running, false, 'before it is ready');

  const starting = await make();
  const ready = starting.ready();
  await starting.close();
  await Promise.resolve(ready).catch(() => undefined);
  t.equal(starting.tidemarkParts.core.profile?.running, false, 'while it starts');

  const twice = await make();
  await twice.ready();
  const url = twice.tidemarkParts.managementUrl!;
  await Promise.all([twice.close(), twice.close()]);
  await twice.close();
  t.equal(twice.tidemarkParts.core.profile?.running, false);
  await t.rejects(request(url));
});
