import { once } from 'node:events';
import { Session } from 'node:inspector';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import ts from 'typescript';
import { systemClock } from '../../src/base/clock.js';
import { createLiveProfile, type LiveProfile } from '../../src/profile/live-profile.js';
import type { FullReading } from '../../src/profile/reading.js';
import type { ProfilerLease } from '../../src/profile/profiler-lease.js';
import { siteOf, TIDEMARK_SITE } from '../../src/profile/site.js';
import { until } from '../helpers/plugged-app.js';
import type { LeakFound, LeakRun } from './leak-worker.js';
import { profileOf, samplesOf } from './profile-builder.js';

const settings = { samplingIntervalBytes: 4096, stackDepth: 64, clock: systemClock };
const shortly = { samplingIntervalBytes: 1024, work: async (): Promise<void> => delay(1) };

async function leak(run: LeakRun): Promise<LeakFound> {
  const worker = new Worker(new URL('leak-worker.js', import.meta.url), { workerData: run });
  const [found] = (await once(worker, 'message')) as [LeakFound];
  await worker.terminate();
  return found;
}

t.test('a Map that keeps an object a request is found by function and line', async (t) => {
  const root = t.testdir({
    'shop.mjs': [
      'const kept = new Map();',
      'export function remember(request) {',
      "  kept.set(request.id, { id: request.id, name: 'order ' + request.id, lines: [1, 2, 3, 4, 5, 6, 7, 8] });",
      '}',
      'let next = 0;',
      'export function leaky() {',
      '  remember({ id: (next += 1) });',
      '}',
      'export function innocent(request) {',
      "  return Array.from({ length: 50 }, (_, i) => ({ i, text: 'x' + request.id }));",
      '}',
      '',
    ].join('\n'),
  });
  const { sites, growth, sinceStart, firstAtMs, readings } = await leak({
    root,
    file: path.join(root, 'shop.mjs'),
    handlers: ['leaky', 'innocent'],
    requests: 3000,
  });
  const [site] = sites;
  // Which of the two depends on whether V8 has inlined remember() into leaky() yet.
  t.match(site, { function: /^(remember|leaky)$/, file: 'shop.mjs', kind: 'application' });
  t.ok(
    [site, ...(site?.callees ?? [])].some((place) => place?.function === 'remember' && place.line === 2),
    'the very function is named',
  );
  t.ok(site && site.growthBytes.low > 0, 'the interval excludes nothing having grown');
  t.ok(site && site.growthBytes.value > 100_000 && site.share > 0.8, `share ${site?.share}`);
  t.ok(site?.stack.some((line) => line.startsWith('leaky (shop.mjs:6:')));
  t.equal(growth.restarted, false);
  t.ok(growth.newLiveBytes < sinceStart.newLiveBytes && sinceStart.newLiveBytes <= growth.liveBytes);
  t.equal(sinceStart.fromMs, firstAtMs);
  t.equal(readings, 4);
});

t.test('a leak in a package is shown there when no application frame is in the stack', async (t) => {
  const root = t.testdir({
    'app.mjs': "export { schedule } from 'pool';\n",
    node_modules: {
      pool: {
        'package.json': JSON.stringify({ name: 'pool', main: 'index.js' }),
        'index.js': [
          'const all = [];',
          'function grow(done) {',
          '  all.push({ a: 1, b: [1, 2, 3, 4, 5, 6, 7, 8] });',
          '  done();',
          '}',
          'exports.schedule = () => new Promise((done) => setImmediate(grow, done));',
          '',
        ].join('\n'),
      },
    },
  });
  const { sites } = await leak({
    root,
    file: path.join(root, 'app.mjs'),
    handlers: ['schedule'],
    requests: 3000,
  });
  t.match(sites[0], {
    function: 'grow',
    file: 'node_modules/pool/index.js',
    line: 2,
    kind: 'package',
    package: 'pool',
  });
});

t.test('compiled TypeScript is shown where it was written', async (t) => {
  const source = [
    'interface Order { id: number }',
    '',
    'interface Kept extends Order { lines: number[] }',
    '',
    'const kept: Kept[] = [];',
    '',
    'export function remember(order: Order): void {',
    '  kept.push({ ...order, lines: [1, 2, 3, 4, 5, 6, 7, 8] });',
    '}',
  ].join('\n');
  const compile = (inlineSourceMap: boolean): ts.TranspileOutput =>
    ts.transpileModule(source, {
      fileName: 'cache.ts',
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        sourceMap: !inlineSourceMap,
        inlineSourceMap,
        sourceRoot: '../src',
      },
    });
  const beside = compile(false);
  const root = t.testdir({
    dist: {
      'cache.mjs': beside.outputText.replace('cache.js.map', 'cache.mjs.map'),
      'cache.mjs.map': beside.sourceMapText ?? '',
      'inline.mjs': compile(true).outputText,
    },
  });
  for (const name of ['cache.mjs', 'inline.mjs']) {
    const file = path.join(root, 'dist', name);
    const { sites } = await leak({ root, file, handlers: ['remember'], requests: 3000 });
    t.match(sites[0], { function: 'remember', file: 'src/cache.ts', line: 7 }, name);
  }
});

t.test('objects that replace as many of their site are no net growth', async (t) => {
  const root = t.testdir({
    'cache.mjs': [
      'let generation = [];',
      'export function refresh() {',
      '  generation = Array.from({ length: 20000 }, (_, i) => ({ i, pad: [i, i, i, i] }));',
      '}',
    ].join('\n'),
  });
  const { sites } = await leak({
    root,
    file: path.join(root, 'cache.mjs'),
    handlers: ['refresh'],
    requests: 3,
  });
  const [site] = sites.toSorted((a, b) => b.newLiveBytes - a.newLiveBytes);
  t.ok(site && site.newLiveBytes > 1_000_000, 'all of it is new');
  t.ok(site && Math.abs(site.growthBytes.value) < site.newLiveBytes / 2, 'and none of it is growth');
});

t.test('an application function that asks for readings is not taken for what they allocate', async (t) => {
  const file = path.join(
    t.testdir({ 'ask.mjs': 'export function ask(profile) {\n  return profile.read();\n}\n' }),
    'ask.mjs',
  );
  const { ask } = (await import(file)) as { ask(profile: LiveProfile): ReturnType<LiveProfile['read']> };
  const profile = createLiveProfile({
    samplingIntervalBytes: 1024,
    stackDepth: 64,
    clock: systemClock,
    sourceMaps: false,
  });
  profile.start();
  t.teardown(() => profile.stop());
  for (let reading = 0; reading < 5; reading += 1) await ask(profile);
  const { profile: raw, rowOfSample, stack } = (await ask(profile)).stacks;
  let asked = 0;
  let booked = 0;
  for (const [sample, { size }] of raw.samples.entries()) {
    const frames = stack(rowOfSample[sample] ?? 0);
    if (!frames.some(({ url }) => url.endsWith('/ask.mjs'))) continue;
    asked += size;
    if (siteOf(frames) === TIDEMARK_SITE) booked += size;
  }
  // The promise that the function itself gets is its own.
  t.ok(booked > 0 && booked > 0.9 * asked, `${booked} of ${asked} bytes are booked on Tidemark`);
});

t.test('readings are shared while they run, bounded, and forgotten at the stop', async (t) => {
  const profile = createLiveProfile({ ...settings, sourceMaps: false, maxReadings: 3 });
  t.equal(profile.running, false);
  await t.rejects(profile.read(), { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' });
  await t.rejects(profile.sampleWindow(shortly), { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' });
  t.equal(profile.growthSince(), undefined);
  t.equal(profile.samplingIntervalBytes, 4096);
  profile.start();
  profile.start();
  t.equal(profile.running, true);
  const kept = Array.from({ length: 5000 }, (_, index) => ({ index }));

  const [one, same] = await Promise.all([profile.read(), profile.read()]);
  t.equal(one, same);
  t.equal(profile.readings.length, 1);
  for (let reading = 0; reading < 5; reading += 1) await profile.read();
  t.equal(profile.readings.length, 3);
  t.equal(profile.first()?.takenAtMs, one.takenAtMs);
  t.ok((profile.latest()?.monotonicMs ?? 0) > one.monotonicMs);
  t.notOk('stacks' in (profile.latest() ?? {}), 'whole trees are not kept');
  t.ok(profile.costMs >= one.costMs && one.costMs > 0);
  t.ok(one.liveBytes > 0 && one.liveSamples > 0, `some of ${kept.length} objects were sampled`);
  t.ok(profile.allocations.totals().length > 0);

  profile.start();
  const late = profile.read();
  profile.stop();
  await late;
  t.equal(profile.latest(), undefined, 'a reading that ends after the stop is not kept');
  t.equal(profile.running, false);
  t.equal(profile.restarts, 0);
  profile.stop();
});

t.test('a window keeps a reading of what was alive before it, and readings wait for its end', async (t) => {
  const profile = createLiveProfile({ ...settings, sourceMaps: false });
  profile.start();
  t.teardown(() => profile.stop());
  const kept = Array.from({ length: 5000 }, (_, index) => ({ index }));
  await profile.read();
  t.same(profile.earlier, []);
  const { epoch } = profile.latest()!.mark;

  const order: string[] = [];
  let waiting: Promise<FullReading> | undefined;
  let another: Promise<unknown> | undefined;
  const window = await profile.sampleWindow({
    samplingIntervalBytes: 1024,
    async work() {
      t.equal(profile.readings.length, 2, 'one reading comes first');
      waiting = profile.read();
      another = t.rejects(profile.sampleWindow(shortly), {
        code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE',
        message: /a retention window is open/,
      });
      kept.push(...Array.from({ length: 20_000 }, (_, index) => ({ index })));
      await delay(20);
      order.push('work');
    },
  });
  order.push('window');
  t.equal(window.before.mark.epoch, epoch);
  t.ok(window.before.liveSamples > 0 && window.before.stacks.rows.length > 0, 'with its stacks');
  t.equal(window.live.profile.samplingIntervalBytes, 1024);
  const bytes = window.live.profile.samples.reduce((sum, { size }) => sum + size, 0);
  t.ok(bytes > 20_000 * 28 && bytes < 20_000 * 100, `${bytes} bytes of ${kept.length} objects`);
  t.ok(window.pauseMs >= window.before.costMs && profile.costMs >= window.pauseMs);
  await another;

  const reading = await waiting!;
  order.push('read');
  t.same(order, ['work', 'window', 'read']);
  t.same(
    profile.readings.map(({ monotonicMs }) => monotonicMs),
    [reading.monotonicMs],
    'those from before the window are forgotten',
  );
  t.not(reading.mark.epoch, epoch);
  t.equal(profile.restarts, 0);

  const { takenAtMs, startedAtMs, liveBytes, liveSamples } = window.before;
  t.match(profile.earlier, [
    { takenAtMs, startedAtMs, liveBytes, liveSamples, ended: 'window', nextAtMs: reading.startedAtMs },
  ]);
  t.ok(reading.startedAtMs > takenAtMs && reading.startedAtMs <= reading.takenAtMs);
});

t.test('a window that fails, or that the stop cuts short, loses nothing that is known', async (t) => {
  const profile = createLiveProfile({ ...settings, sourceMaps: false });
  profile.start();
  await profile.read();
  const failing = { ...shortly, work: async () => Promise.reject(new RangeError('mine')) };
  await t.rejects(profile.sampleWindow(failing), RangeError);
  const known = profile.latest();
  await profile.read();
  t.match(
    profile.earlier,
    [{ takenAtMs: known?.takenAtMs, ended: 'window' }],
    'it has ended a sampling, too',
  );
  await profile.sampleWindow(shortly);
  await profile.read();
  t.equal(profile.earlier.length, 2, 'the next one is welcome');

  const cut = t.rejects(
    profile.sampleWindow({
      ...shortly,
      work: async (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    }),
    { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' },
  );
  const waiting = t.rejects(profile.read(), { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' });
  await until('the window is open', () => profile.readings.length > 0);
  profile.stop();
  await Promise.all([cut, waiting]);
  t.same(profile.earlier, [], 'a stopped profile knows nothing');
});

t.test('another interval keeps what the one before it knew, and its reason', async (t) => {
  const profile = createLiveProfile({ ...settings, sourceMaps: false });
  profile.start();
  t.teardown(() => profile.stop());
  const kept = Array.from({ length: 5000 }, (_, index) => ({ index }));
  const before = await profile.read();
  const rate = { allocatedBytesPerSecond: 9e6, samplesPerSecond: 2197, mostSamplesPerSecond: 333 };
  profile.resample({ fromBytes: 4096, toBytes: 32_768, ...rate });
  t.equal(profile.samplingIntervalBytes, 32_768);
  const after = await profile.read();
  t.ok(after.liveSamples < before.liveSamples, `${kept.length} objects are not sampled again`);
  t.match(profile.earlier, [
    {
      takenAtMs: before.takenAtMs,
      liveBytes: before.liveBytes,
      ended: 'interval',
      samplingIntervalBytes: 4096,
    },
  ]);
  t.match(profile.changes, [{ fromBytes: 4096, toBytes: 32_768, ...rate, atMs: Number }]);
  t.equal(profile.restarts, 0);
});

t.test(
  'sampling that another session ends is resumed without a collection, and what is lost is known',
  async (t) => {
    const profile = createLiveProfile({ ...settings, sourceMaps: false });
    profile.start();
    t.teardown(() => profile.stop());
    const kept = Array.from({ length: 5000 }, (_, index) => ({ index }));
    const before = await profile.read();
    const other = new Session();
    other.connect();
    t.teardown(() => other.disconnect());
    other.post('HeapProfiler.stopSampling');
    profile.resume();
    kept.push(...Array.from({ length: 5000 }, (_, index) => ({ index })));
    const after = await profile.read();
    t.ok(after.liveSamples > 10, `${kept.length} objects`);
    t.equal(profile.restarts, 1);
    t.match(profile.earlier, [{ takenAtMs: before.takenAtMs, ended: 'interruption' }]);
  },
);

t.test('a profiler that another session held is taken once it is free', async (t) => {
  const other = new Session();
  other.connect();
  t.teardown(() => other.disconnect());
  other.post('HeapProfiler.startSampling', { samplingInterval: 2048 });
  const profile = createLiveProfile({ ...settings, sourceMaps: false });
  t.teardown(() => profile.stop());
  t.equal(profile.retry(), 'failed', 'nobody has asked for it yet');
  t.throws(() => profile.start(), { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' });
  t.match(profile.refusal, /already sampling this isolate/);
  t.equal(profile.retry(), 'held');
  await t.rejects(profile.read(), { message: /already sampling this isolate/ });
  other.post('HeapProfiler.stopSampling');
  t.ok(await profile.read());
  t.match(profile, { running: true, refusal: undefined });
  t.equal(profile.retry(), 'running');
  t.ok(profile.latest()!.startedAtMs >= profile.wantedSinceMs!);
});

t.test('the depth of stacks is their mean by samples, without the root', async (t) => {
  const raw = profileOf([
    ...samplesOf('a@a.js:1 > b@a.js:2 > c@a.js:3', 3, 1),
    ...samplesOf('a@a.js:1', 1, 9),
  ]);
  const lease: ProfilerLease = {
    ...settings,
    restarts: 0,
    resume: () => undefined,
    resample: () => undefined,
    read: () => raw,
    sampleFinely: async () => Promise.reject(new Error('unused')),
    release: () => undefined,
  };
  const profile = createLiveProfile({ ...settings, sourceMaps: false, acquire: () => lease });
  profile.start();
  t.equal(profile.meanDepth, 0);
  await profile.read();
  t.equal(profile.meanDepth, (3 * 3 + 1) / 4);
});
