import { Session } from 'node:inspector';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { profileBlocks } from '../../src/answers/profile/blocks.js';
import { textOf } from '../../src/answers/render/text.js';
import type { TidemarkOptions } from '../../src/config/options.js';
import { resolveOptions } from '../../src/config/resolve.js';
import type { GcEvent } from '../../src/measure/reading.js';
import { createRuntime, type Runtime } from '../../src/runtime/runtime.js';
import { majorGc } from '../helpers/major-gc.js';
import { until } from '../helpers/plugged-app.js';

const MiB = 2 ** 20;

interface Given {
  readonly options?: TidemarkOptions;
  /** Collections that a test makes up; V8's own by default. */
  readonly collections?: () => readonly GcEvent[];
}

/** A runtime that ticks when the test says so. */
async function started(t: Test, { options = {}, collections }: Given = {}): Promise<Runtime> {
  // No timer of a runtime keeps a process alive: its server does.
  const server = setInterval(() => undefined, 1000);
  t.teardown(async () => {
    clearInterval(server);
    await runtime.stop();
  });
  const all = {
    stateDirectory: t.testdir(),
    history: { intervalSeconds: 60 },
    cost: { maxEventLoopUtilization: 1 },
    ...options,
  };
  const runtime = createRuntime(resolveOptions(all, {}), {
    log: { info: () => undefined, warn: () => undefined },
    ...(collections && {
      gcWindows: {
        start: () => undefined,
        stop: () => undefined,
        drain: collections,
        onGc: () => () => undefined,
        dropped: () => 0,
      },
    }),
  });
  await runtime.start();
  return runtime;
}

function sessionOf(t: Test): Session {
  const session = new Session();
  session.connect();
  t.teardown(() => session.disconnect());
  return session;
}

const objects = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ index }));
const fine: TidemarkOptions = { profile: { samplingIntervalBytes: 16_384 } };

t.test('after two windows the profile tells what it knew before each of them', async (t) => {
  const { core, tidemark } = await started(t, { options: fine });
  const kept = [objects(20_000)];
  const before = await tidemark.liveProfile();
  t.notOk('earlier' in before);
  t.match(before.limitations, [
    { part: 'before', because: /^the sampling began .* ago, at 20.* are not known$/ },
  ]);

  await core.retention({ wantedMs: 20 });
  kept.push(objects(20_000));
  await core.retention({ wantedMs: 20 });
  const answer = await tidemark.liveProfile();
  const { earlier } = answer;
  t.match(earlier?.samplings, [{ endedBy: 'window' }, { endedBy: 'window' }]);
  t.ok(earlier!.liveBytes >= before.liveBytes * 0.9, 'the knowledge of the first reading is not lost');
  t.equal(earlier?.since, before.since);
  t.ok(
    earlier!.takenAt > before.takenAt && earlier!.takenAt < answer.since && answer.since <= answer.takenAt,
  );
  const largest = earlier?.sites.find(({ file }) => file.includes('profile-upkeep'));
  t.ok(largest && largest.liveBytes > 2 * 20_000 * 20, `${kept.length} lists are known by their line`);
  t.match(answer.limitations, [{ part: 'before', because: /because a retention window needed/ }]);

  const text = textOf(profileBlocks(answer));
  t.match(text, `allocated since ${answer.since} and alive now`);
  t.match(text, /Allocated earlier/i);
  t.match(
    text.replaceAll(/\s+/g, ' '),
    `allocated from ${before.since} to ${earlier!.takenAt} and alive when it was last read`,
  );

  const delta = tidemark.liveProfile({ seconds: 1 });
  await until('the first of two readings is taken', () => core.profile!.readings.length > 1);
  core.profile!.resample({
    fromBytes: 16_384,
    toBytes: 32_768,
    allocatedBytesPerSecond: 1,
    samplesPerSecond: 1,
    mostSamplesPerSecond: 1,
  });
  const { limitations, ...grown } = await delta;
  t.notOk('earlier' in grown);
  t.match(limitations.find(({ part }) => part === 'gap')?.because, /restarted .* between the two readings/);
});

t.test(
  'sampling that another session ends restarts on the next tick, and the answer says what is missing',
  async (t) => {
    const { runtime, tidemark } = await started(t, { options: fine }).then((one) => ({
      runtime: one,
      ...one,
    }));
    const kept = [objects(20_000)];
    const before = await tidemark.liveProfile();
    await delay(1001);
    sessionOf(t).post('HeapProfiler.stopSampling');
    await runtime.tick();
    kept.push(objects(20_000));
    const answer = await tidemark.liveProfile();
    t.ok(answer.liveBytes > 20_000 * 20, `${kept.length} lists, the second of which is sampled`);
    t.match(answer.earlier?.samplings, [{ endedBy: 'interruption', takenAt: before.takenAt }]);
    const gap = answer.limitations.find(({ part }) => part === 'gap')?.because;
    t.match(gap, `another inspector session ended the sampling between ${before.takenAt} and`);
  },
);

t.test('a profiler that is held at the start is taken with a probe once it is free', async (t) => {
  const other = sessionOf(t);
  other.post('HeapProfiler.startSampling', { samplingInterval: 16_384 });
  const { core, tidemark } = await started(t, { options: { ...fine, verdict: { gcProbe: 'off' } } });
  t.equal(core.profile?.running, false);
  await t.rejects(tidemark.liveProfile(), { statusCode: 503, message: /already sampling this isolate/ });
  const collections = core.gcTotals.read().kinds.major.count;
  await core.probe();
  t.equal(core.profile?.running, false);
  t.ok(core.gcTotals.read().kinds.major.count > collections, 'it is a floor all the same');

  await delay(1001);
  other.post('HeapProfiler.stopSampling');
  await core.probe();
  t.equal(core.profile?.running, true);
  const { limitations } = await tidemark.liveProfile();
  t.match(limitations, [{ part: 'before', because: /another profiler held the sampler of V8 before/ }]);
});

t.test('a busy server takes no more samples than half a percent of a core pays for', async (t) => {
  const runtime = await started(t, { options: fine });
  const profile = runtime.core.profile!;
  const second = async (): Promise<void> => {
    const endMs = performance.now() + 1000;
    // 40 MiB of garbage, which are 2,560 samples of 16 KiB.
    for (let part = 0; part < 40; part += 1) {
      for (let count = 0; count < 1024; count += 1) Array.from({ length: 128 }, String);
      await delay(1);
    }
    while (performance.now() < endMs) await delay(5);
    await runtime.tick();
  };
  await runtime.tick();
  t.equal(profile.samplingIntervalBytes, 16_384);
  for (let seconds = 0; seconds < 10 && profile.changes.length === 0; seconds += 1) await second();
  t.ok(profile.samplingIntervalBytes >= 65_536, `one in ${profile.samplingIntervalBytes}`);

  // A machine that gets faster meanwhile needs another step.
  for (let calm = 0, seen = 0; calm < 3; calm += 1) {
    await second();
    if (profile.changes.length > seen) calm = 0;
    seen = profile.changes.length;
  }
  // Samples are numbered; the newest of these is among the last that were taken.
  const kept = Array.from({ length: 64 }, () => objects(1000));
  const { stacks, takenAtMs, startedAtMs } = await profile.read();
  // One second and a half may pass before a change, and what is kept here is sampled as well.
  const most = 333 * (1.5 + (takenAtMs - startedAtMs) / 1000) + (kept.length * 100_000) / 65_536;
  const taken = stacks.profile.highestOrdinal;
  t.ok(taken > 50 && taken < most, `${taken} samples in ${takenAtMs - startedAtMs} ms`);

  const { limitations, earlier } = await runtime.tidemark.liveProfile();
  t.match(
    limitations.find(({ part }) => part === 'interval')?.because,
    /MiB\/s were allocated, which took .* samples a second/,
  );
  t.match(earlier?.samplings.at(0), { endedBy: 'interval' });
});

t.test('the bound is kept where a reading cannot be afforded', async (t) => {
  let events: GcEvent[] = [];
  const runtime = await started(t, {
    options: { cost: { pauseBudgetMsPerHour: 0, maxEventLoopUtilization: 1 } },
    collections: () => events.splice(0),
  });
  const profile = runtime.core.profile!;
  /** 2 GiB come and go between two collections. */
  const busy = async (): Promise<void> => {
    const atMs = performance.now();
    const small = majorGc(atMs - 2, 10 * MiB);
    events = [small, { ...majorGc(atMs - 1, 10 * MiB), before: { ...small.after, usedBytes: 2048 * MiB } }];
    await delay(501);
    await runtime.tick();
  };
  await runtime.tick();
  for (let ticks = 0; ticks < 10 && profile.changes.length === 0; ticks += 1) await busy();
  t.match(profile.changes, [{ fromBytes: 524_288 }]);
  t.ok(profile.samplingIntervalBytes > 524_288);
  t.same(profile.readings, []);
});
