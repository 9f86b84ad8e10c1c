import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { liveStacks } from '../../../src/profile/live-stacks.js';
import type { LiveProfile, WindowSamples } from '../../../src/profile/live-profile.js';
import { createRetentionWindows, type WindowRequest } from '../../../src/profile/windows/windows.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
import { until } from '../../helpers/plugged-app.js';
import { profileOf } from '../profile-builder.js';

const unavailable = { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' };
const MiB = 2 ** 20;

// The settling of a window keeps no process alive.
const alive = setInterval(() => undefined, 1_000);
t.teardown(() => clearInterval(alive));

/** Windows over a profile that samples nothing. */
function scripted({ headroomBytes = Infinity } = {}) {
  const clock = scriptedClock();
  const stopping = new AbortController();
  const lost = new AbortController();
  const state = { running: true, intervals: [] as number[], headroomBytes, fails: false, refuses: false };
  const sampleWindow: LiveProfile['sampleWindow'] = async ({ samplingIntervalBytes, work }) => {
    state.intervals.push(samplingIntervalBytes);
    if (state.refuses) throw new RangeError('another session samples');
    await work(lost.signal);
    if (state.fails) throw new RangeError('another inspector session ended the sampling');
    const live = liveStacks(profileOf([], { samplingIntervalBytes }));
    return { live, before: undefined as unknown as WindowSamples['before'], pauseMs: 25 };
  };
  const windows = createRetentionWindows({
    clock,
    profile: {
      get running() {
        return state.running;
      },
      sampleWindow,
    },
    traffic: () => ({ allocatedBytesPerSecond: 0, headroomBytes: state.headroomBytes }),
    stopping: stopping.signal,
  });
  return {
    clock,
    windows,
    stopping,
    lost,
    state,
    /** A window that follows requests for so long, by the clock. */
    async lasting(ms: number, request?: WindowRequest) {
      // A short one settles shortly.
      const running = windows.run({ wantedMs: 200, ...request });
      await until('it is open', () => windows.open !== undefined);
      clock.advance(ms);
      windows.open!.stop();
      return running;
    },
  };
}

t.test('is open while it follows requests, and keeps its result', async (t) => {
  const { windows, clock, state } = scripted();
  t.match(windows, { open: undefined, results: [], count: 0, hooksSeconds: 0 });
  const fromMs = clock.monotonic();
  const running = windows.run();
  await until('it is open', () => windows.open !== undefined);
  const { open } = windows;
  const slot = open!.begin();
  open!.run(slot, () => undefined);
  open!.end(slot, 3);
  clock.advance(400);
  open!.stop();
  const found = await running;
  t.match(found, {
    fromMs,
    toMs: fromMs + 400,
    hooksMs: 400,
    pauseMs: 25,
    ended: 'stopped',
    requests: 1,
    samplingIntervalBytes: 512,
    routes: [{ route: 3, requests: 1 }],
  });
  t.same(windows.results, [found]);
  t.match(windows, { open: undefined, count: 1, hooksSeconds: 0.4 });
  t.same(state.intervals, [512]);
  t.equal(open!.marks.count, 0, 'its marks are let go of');
});

t.test('ends after the requested time', async (t) => {
  const { windows } = scripted();
  t.match(await windows.run({ wantedMs: 5 }), { ended: 'time', requests: 0 });
});

t.test('runs one window at a time: a second caller gets the same result', async (t) => {
  const { windows, lasting, state } = scripted();
  const first = lasting(10);
  const second = windows.run();
  t.equal(await second, await first);
  t.equal(state.intervals.length, 1);
  await lasting(10);
  t.equal(windows.count, 2);
});

t.test('keeps a bounded number of results', async (t) => {
  const { windows, lasting } = scripted();
  for (let i = 0; i < 18; i += 1) await lasting(1);
  t.equal(windows.results.length, 16);
  t.equal(windows.count, 18);
  t.ok(windows.results[0]!.fromMs < windows.results[15]!.fromMs, 'oldest first');
});

t.test('opens no window near the memory limit, or without a profile', async (t) => {
  const { windows, state } = scripted({ headroomBytes: 30 * MiB });
  await t.rejects(windows.run(), { ...unavailable, message: /30 MiB are left to the limit/ });
  state.running = false;
  await t.rejects(windows.run(), { ...unavailable, message: /the profile is not running/ });
  t.same(state.intervals, []);
  t.equal(windows.count, 0);
  Object.assign(state, { running: true, headroomBytes: Infinity });
  t.ok(await windows.run({ wantedMs: 1 }), 'a refusal does not stay');
});

t.test('promise hooks are on for 0.2 % of the time in the long run', async (t) => {
  const { windows, clock, lasting } = scripted();
  t.equal(windows.affordable(), true, 'at first there is credit for the minutes of suspicion');
  // 8 seconds of credit; the last of them is kept.
  for (let i = 0; i < 5; i += 1) {
    t.equal(windows.affordable(), true);
    await lasting(1_450);
  }
  t.equal(windows.affordable(), false);
  t.equal(windows.hooksSeconds, 7.25);
  // 762 ms are left, with what the windows themselves brought; 0.2 % of two minutes are 240.
  clock.advance(119_000);
  t.equal(windows.affordable(), false);
  clock.advance(1_000);
  t.equal(windows.affordable(), true);
  clock.advance(1e9);
  for (let i = 0; i < 5; i += 1) await lasting(1_450);
  t.equal(windows.affordable(), false, 'credit does not grow beyond what it was');
});

t.test('charges a suspended process at most for the longest window', async (t) => {
  const { windows, lasting, clock } = scripted();
  t.match(await lasting(3_600_000), { hooksMs: 1725 });
  t.equal(windows.hooksSeconds, 1.725);
  t.equal(windows.affordable(), true);
  clock.set(-1e9);
  t.match(await lasting(100), { hooksMs: 100 }, 'a step of the wall clock is nothing');
});

t.test('holds marks only during a window, even if it fails', async (t) => {
  const { windows, lasting, state, clock } = scripted();
  t.equal(windows.heldMarksAt(clock.monotonic()), false);
  clock.advance(10);
  const fromMs = clock.monotonic();
  state.fails = true;
  await t.rejects(lasting(100), RangeError);
  clock.advance(10);
  const held = (ms: number): boolean => windows.heldMarksAt(fromMs + ms);
  t.same([-1, 0, 100, 101].map(held), [false, true, true, false]);
  state.refuses = true;
  await t.rejects(windows.run(), RangeError);
  t.equal(held(105), false, 'one that was never open held none');
  Object.assign(state, { fails: false, refuses: false });
  clock.advance(1_000);
  await lasting(100);
  t.same([100, 101].map(held), [true, false], 'the one before is told as before');
  t.equal(windows.heldMarksAt(clock.monotonic()), true);
});

t.test('charges promise hooks even if the reading fails, and the next window may succeed', async (t) => {
  const { windows, lasting, state } = scripted();
  state.fails = true;
  for (let i = 0; i < 6; i += 1) await t.rejects(lasting(1_400), RangeError);
  t.equal(windows.open, undefined);
  t.equal(windows.results.length, 0);
  t.equal(windows.hooksSeconds, 8.4);
  t.equal(windows.affordable(), false);
  state.fails = false;
  t.ok(await lasting(1));
});

t.test('ends when the server closes, the caller cancels or the profile stops', async (t) => {
  for (const who of ['stopping', 'caller', 'lost'] as const) {
    const { windows, stopping, lost } = scripted();
    const caller = new AbortController();
    const running = windows.run({ signal: caller.signal });
    await until('it is open', () => windows.open !== undefined);
    const { open } = windows;
    ({ stopping, caller, lost })[who].abort();
    t.equal(await open!.done, 'stopped', who);
    await t.rejects(running, unavailable, who);
    t.equal(windows.open, undefined);
    t.equal(open!.marks.count, 0, 'its marks are let go of');
  }
});

t.test('opens no window while the server closes, or for a caller that has disconnected', async (t) => {
  const { windows, stopping } = scripted();
  const left = AbortSignal.abort();
  const beganMs = performance.now();
  await t.rejects(windows.run({ signal: left }), unavailable);
  stopping.abort();
  await t.rejects(windows.run(), unavailable);
  t.ok(performance.now() - beganMs < 1_000, 'and nobody waits for it');
  await turn();
  t.equal(windows.open, undefined);
});
