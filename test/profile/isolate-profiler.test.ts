import { Session } from 'node:inspector';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { acquire, createIsolateProfiler } from '../../src/profile/isolate-profiler.js';
import { createOwnFrame } from '../../src/profile/own-frame.js';
import type { ProtocolSample } from '../../src/profile/raw-profile.js';
import { createSampleContinuity } from '../../src/profile/sample-continuity.js';
import { openSamplingSession, type InspectorSession } from '../../src/profile/sampling-session.js';

const settings = { samplingIntervalBytes: 1024, stackDepth: 64 };
const unavailable = { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', statusCode: 503 };
const KEY = Symbol.for('tidemark.isolate-profiler');

function post(session: Session, method: string, params: object = {}): void {
  session.post(method, params, (error) => {
    if (error !== null) throw error;
  });
}

const nothing = async (): Promise<void> => undefined;
const grow = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ index, text: `${index}` }));

t.test('all leases share one profiler, and the last release ends it', async (t) => {
  const one = acquire(settings);
  const two = acquire({ samplingIntervalBytes: 99_999, stackDepth: 8 });
  t.match(two, settings, 'whoever came first has set the interval');
  const kept = grow(20_000);
  const profile = two.read();
  t.ok(profile.samples.length > 100, `${profile.samples.length} samples of ${kept.length} objects`);
  t.equal(profile.highestOrdinal, Math.max(...profile.samples.map(({ ordinal }) => ordinal)));
  t.match(profile, { samplingIntervalBytes: 1024, epoch: one.read().epoch });
  t.ok(profile.costMs > 0 && profile.takenAtMs >= profile.startedAtMs);

  one.release();
  one.release();
  t.throws(() => one.read(), unavailable, 'a released lease reads no more');
  await t.rejects(one.sampleFinely({ samplingIntervalBytes: 512, work: nothing }), unavailable);
  t.ok(two.read().samples.length > 100, 'the other one goes on');
  t.ok(Reflect.has(globalThis, KEY));
  two.release();
  t.notOk(Reflect.has(globalThis, KEY), 'nothing stays behind');
  const probe = openSamplingSession();
  t.equal(probe.read(), undefined, 'V8 samples no more');
  probe.close();
});

t.test('another copy of the package finds the profiler of the first', async (t) => {
  const lease = acquire(settings);
  const other: unknown = Reflect.get(globalThis, KEY);
  lease.release();
  Object.defineProperty(globalThis, KEY, { value: { acquire: () => 'theirs' }, configurable: true });
  t.teardown(() => Reflect.deleteProperty(globalThis, KEY));
  t.equal(acquire(settings), 'theirs');
  t.match(other, { acquire: Function });
});

t.test('sampling that another session ends is started again, and counted', async (t) => {
  const lease = acquire(settings);
  t.teardown(() => lease.release());
  const before = grow(5000);
  const first = lease.read();

  const other = new Session();
  other.connect();
  post(other, 'HeapProfiler.startSampling', { samplingInterval: 4096 });
  t.equal(lease.read().epoch, first.epoch, 'a second start changes nothing');
  post(other, 'HeapProfiler.stopSampling');
  const second = lease.read();
  t.equal(lease.restarts, 1);
  t.not(second.epoch, first.epoch);
  const after = grow(5000);
  t.ok(lease.read().samples.length > 50, `${before.length + after.length} objects`);

  post(other, 'HeapProfiler.startSampling');
  other.disconnect();
  t.ok(lease.read());
  t.equal(lease.restarts, 2, 'the end of a session that had started ends ours as well');
});

t.test(
  'sampling goes on without a reading, and a resumed sampling is noticed by what it lacks',
  async (t) => {
    const lease = acquire(settings);
    t.teardown(() => lease.release());
    const before = grow(5000);
    const first = lease.read();
    lease.resume();
    t.equal(lease.read().epoch, first.epoch, 'a sampling that runs is left alone');
    const other = new Session();
    other.connect();
    t.teardown(() => other.disconnect());
    post(other, 'HeapProfiler.stopSampling');
    lease.resume();
    const second = lease.read();
    t.match(second, { cause: 'interruption' });
    t.not(second.epoch, first.epoch);
    t.equal(lease.restarts, 1, `${before.length} objects`);
  },
);

t.test('another interval begins a new run for all leases', async (t) => {
  const lease = acquire(settings);
  const other = acquire(settings);
  t.teardown(() => other.release());
  const kept = grow(20_000);
  const first = lease.read();
  t.equal(first.cause, 'start');
  lease.resample(65_536);
  t.equal(other.samplingIntervalBytes, 65_536);
  const second = other.read();
  t.match(second, { samplingIntervalBytes: 65_536, cause: 'interval' });
  t.ok(second.samples.length < first.samples.length, `${kept.length} objects are not sampled again`);

  await lease.sampleFinely({ samplingIntervalBytes: 1024, work: async () => lease.resample(32_768) });
  t.match(
    lease.read(),
    { samplingIntervalBytes: 32_768, cause: 'window' },
    'the end of a window takes it over',
  );
  lease.release();
  lease.resume();
  lease.resample(512);
  t.equal(other.samplingIntervalBytes, 32_768, 'a released lease changes nothing');
});

t.test('sampling that another session has replaced is noticed by its ordinals', async (t) => {
  const lease = acquire(settings);
  t.teardown(() => lease.release());
  const before = grow(20_000);
  const first = lease.read();
  const other = new Session();
  other.connect();
  t.teardown(() => other.disconnect());
  post(other, 'HeapProfiler.stopSampling');
  post(other, 'HeapProfiler.startSampling', { samplingInterval: 1024 });
  const after = grow(20_000);
  const second = lease.read();
  t.equal(lease.restarts, 1, `${before.length + after.length} objects`);
  t.not(second.epoch, first.epoch);
  t.equal(lease.read().epoch, second.epoch);
  t.equal(lease.restarts, 1);
});

t.test('a profiler that is already sampling is left alone', async (t) => {
  const other = new Session();
  other.connect();
  t.teardown(() => other.disconnect());
  post(other, 'HeapProfiler.startSampling', { samplingInterval: 2048 });
  t.throws(() => acquire(settings), {
    ...unavailable,
    message: /another inspector session is already sampling/,
  });
  t.notOk(Reflect.has(globalThis, KEY));
  t.doesNotThrow(() => post(other, 'HeapProfiler.stopSampling'), 'it still runs');
});

t.test('a fine sampling sees what its work leaves, and nothing else', async (t) => {
  const lease = acquire({ ...settings, samplingIntervalBytes: 65_536 });
  t.teardown(() => lease.release());
  const early = grow(20_000);
  const first = lease.read();
  let late: object[] = [];
  const fine = await lease.sampleFinely({
    samplingIntervalBytes: 1024,
    async work(signal) {
      t.throws(() => lease.read(), { ...unavailable, message: /a retention window is open/ });
      const second = lease.sampleFinely({ samplingIntervalBytes: 512, work: nothing });
      await t.rejects(second, { ...unavailable, message: /a retention window is open/ });
      for (let round = 0; round < 20; round += 1) grow(2000);
      late = grow(5000);
      await delay(1);
      t.equal(signal.aborted, false);
    },
  });
  t.equal(fine.samplingIntervalBytes, 1024);
  const bytes = fine.samples.reduce((sum, { size }) => sum + size, 0);
  // Two objects and a string, some 72 bytes; the garbage of the rounds before would be twenty times as much.
  t.ok(bytes > 50 * late.length && bytes < 300 * late.length, `${bytes} bytes of ${late.length} objects`);
  const after = lease.read();
  t.equal(after.samplingIntervalBytes, 65_536);
  t.ok(after.samples.length < 200, `the coarse sampling begins anew, without ${early.length} objects`);
  t.equal(new Set([first.epoch, fine.epoch, after.epoch]).size, 3);
  t.equal(lease.restarts, 0, 'our own doing is no interruption');
});

t.test('work that fails leaves the coarse sampling as one that ends', async (t) => {
  const lease = acquire(settings);
  t.teardown(() => lease.release());
  const failing = lease.sampleFinely({
    samplingIntervalBytes: 512,
    work: async () => Promise.reject(new RangeError('mine')),
  });
  await t.rejects(failing, RangeError);
  const kept = grow(5000);
  const { samples, samplingIntervalBytes } = lease.read();
  t.equal(samplingIntervalBytes, 1024);
  t.ok(samples.length > 50 && samples.length < 2000, `${samples.length} samples of ${kept.length} objects`);
});

t.test('a fine sampling ends with the profiler, and its work is told', async (t) => {
  const lease = acquire(settings);
  const cut = lease.sampleFinely({
    samplingIntervalBytes: 1024,
    work: async (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  });
  lease.release();
  await t.rejects(cut, { ...unavailable, message: /was stopped/ });
  t.notOk(Reflect.has(globalThis, KEY));
  const probe = openSamplingSession();
  t.equal(probe.read(), undefined, 'nothing samples any more');
  probe.close();
});

t.test('a fine sampling that another session ends is no result, and the coarse one goes on', async (t) => {
  const lease = acquire(settings);
  t.teardown(() => lease.release());
  const other = new Session();
  other.connect();
  t.teardown(() => other.disconnect());
  const ended = lease.sampleFinely({
    samplingIntervalBytes: 1024,
    work: async () => post(other, 'HeapProfiler.stopSampling'),
  });
  await t.rejects(ended, { ...unavailable, message: /another inspector session ended/ });
  const kept = grow(5000);
  t.ok(lease.read().samples.length > 50, `${kept.length} objects`);
});

type Answers = Record<string, { error?: Error; result?: object; silent?: boolean; throws?: boolean }>;

/** A session that answers as told; an empty object to what it was not told. */
function fakeSession(answers: Answers, calls: string[] = []): InspectorSession {
  return {
    connect: () => calls.push('connect'),
    disconnect: () => calls.push('disconnect'),
    post(method, _params, callback) {
      calls.push(method);
      const { error, result, silent, throws } = answers[method] ?? {};
      if (throws === true) throw new Error('closed');
      if (silent !== true) callback(error ?? null, result);
    },
  };
}

function forbidden(): never {
  throw Object.assign(new Error('restricted'), { code: 'ERR_ACCESS_DENIED' });
}

t.test('a runtime that cannot be sampled is one coded error', async (t) => {
  const start = (answers: Answers, calls?: string[]) => () =>
    createIsolateProfiler(() => openSamplingSession(() => fakeSession(answers, calls))).acquire(settings);
  const notStarted = { error: new Error('V8 sampling heap profiler was not started.') };
  const GET = 'HeapProfiler.getSamplingProfile';
  const START = 'HeapProfiler.startSampling';

  t.throws(() => openSamplingSession(() => undefined), { ...unavailable, message: /without the inspector/ });
  const refusing = {
    ...fakeSession({}),
    connect() {
      throw new Error('already connected');
    },
  };
  t.throws(() => openSamplingSession(() => refusing), {
    ...unavailable,
    cause: { message: 'already connected' },
  });
  t.throws(() => openSamplingSession(forbidden), {
    ...unavailable,
    message: /permission model.*--allow-inspector/,
  });
  const calls: string[] = [];
  t.throws(start({ [GET]: notStarted, [START]: { error: new Error('no') } }, calls), {
    ...unavailable,
    message: /startSampling failed: no/,
  });
  t.equal(calls.at(-1), 'disconnect');
  t.throws(start({ [GET]: { silent: true } }), { message: /did not answer/ });
  t.throws(start({ [GET]: { throws: true } }), { message: /refused/ });
  t.throws(start({ [GET]: { result: { profile: { head: {} } } } }), { message: /without samples/ });
  t.throws(start({ [GET]: { result: { profile: null } } }), { message: /without samples/ });
  t.throws(() => start({ [GET]: notStarted })().read(), { message: /would not start again/ });
});

const samples = (...pairs: [number, number][]): ProtocolSample[] =>
  pairs.map(([ordinal, nodeId]) => ({ ordinal, nodeId, size: 8 }));

t.test('a run of sampling is known by its oldest samples', async (t) => {
  const { continues, reset } = createSampleContinuity(3);
  t.ok(continues(samples([3, 1], [1, 1], [7, 2])));
  t.ok(continues(samples([7, 2], [9, 3], [10, 3], [11, 3])), 'samples may die and be born');
  t.ok(continues(samples([9, 3], [11, 4])), 'beyond what is remembered nothing is known');
  t.notOk(continues(samples([10, 3])), 'what was not alive cannot be alive again');
  t.notOk(continues(samples([10, 4])), 'nor on another node');
  t.ok(continues([]), 'one sample may die');
  t.ok(continues(samples([1, 1], [2, 1], [3, 1])));
  t.ok(continues(samples([4, 1], [5, 1], [6, 1])), 'what is alive is newer');
  t.notOk(continues([]), 'three do not die at once and leave nothing');
  reset();
  t.ok(continues(samples([1, 9])));
});

const fail = (): never => {
  throw new RangeError('mine');
};

t.test('a frame of our own calls what it is given, once and with all it was given', async (t) => {
  const frame = createOwnFrame('tidemark:test');
  const self = {};
  let stack = '';
  const calls: unknown[][] = [];
  const answer = frame(
    function callee(this: unknown, ...args) {
      calls.push([this, ...args]);
      stack = new Error('where').stack ?? '';
      return 'answer';
    },
    self,
    1,
    2,
  );
  t.equal(answer, 'answer');
  t.strictSame(calls, [[self, 1, 2]]);
  t.equal(calls[0]?.[0], self);
  t.match(stack, 'tidemark:test');
  t.throws(() => frame(fail), RangeError);
});
