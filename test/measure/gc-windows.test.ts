import { constants } from 'node:perf_hooks';
import t from 'tap';
import { kindOfEntry, kindOfType, type GcEntry } from '../../src/measure/gc-statistics.js';
import { createGcWindows } from '../../src/measure/gc-windows.js';
import type { GcEvent } from '../../src/measure/reading.js';
import { scriptedRuntime } from './scripted-gc.js';

const brief = (events: readonly GcEvent[]) =>
  events.map(({ kind, startMs, exactTime, pauseMs, after }) => [
    kind,
    startMs,
    exactTime,
    pauseMs,
    after.usedBytes,
  ]);

t.test('joins sizes and times', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  windows.start();
  runtime.clock.ms = 10;
  runtime.collect('Scavenge', 2, 100, 60);
  runtime.clock.ms = 50;
  runtime.collect('MarkSweepCompact', 30, 200, 40);
  runtime.deliver();
  runtime.clock.ms = 100;
  t.strictSame(windows.drain(), [
    {
      kind: 'minor',
      startMs: 10,
      exactTime: true,
      pauseMs: 2,
      before: heapOf(100),
      after: heapOf(60),
    },
    {
      kind: 'major',
      startMs: 50,
      exactTime: true,
      pauseMs: 30,
      before: heapOf(200),
      after: heapOf(40),
    },
  ]);
  t.strictSame(windows.drain(), []);
  windows.stop();
  t.equal(runtime.running.size, 0);
});

function heapOf(usedBytes: number) {
  return {
    usedBytes,
    committedBytes: usedBytes * 2,
    externalBytes: 5,
    oldSpaceUsedBytes: usedBytes - 1,
    newSpaceUsedBytes: 1,
    spaces: [
      { name: 'old_space', usedBytes: usedBytes - 1 },
      { name: 'new_space', usedBytes: 1 },
    ],
  };
}

t.test('a time that is late is interpolated, and its late entry is not taken for another’s', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  windows.start();
  runtime.clock.ms = 10;
  runtime.collect('Scavenge', 2, 100, 60);
  runtime.deliver();
  runtime.clock.ms = 30;
  runtime.collect('Scavenge', 4, 100, 61);
  runtime.clock.ms = 40;
  runtime.collect('Scavenge', 4, 100, 62);
  runtime.clock.ms = 50;
  // Free time from 12 to 50 is 38 - 8 = 30, in three parts.
  t.strictSame(brief(windows.drain()), [
    ['minor', 10, true, 2, 60],
    ['minor', 22, false, 4, 61],
    ['minor', 36, false, 4, 62],
  ]);
  runtime.deliver();
  runtime.clock.ms = 60;
  runtime.collect('Scavenge', 4, 100, 63);
  runtime.deliver();
  t.strictSame(brief(windows.drain()), [['minor', 60, true, 4, 63]]);
});

t.test('an entry missing in the middle leaves its neighbours’ times exact', async (t) => {
  const runtime = scriptedRuntime();
  let lose = false;
  const windows = createGcWindows({
    ...runtime.options,
    PerformanceObserver: class extends runtime.options.PerformanceObserver {
      constructor(callback: (list: { getEntries(): readonly GcEntry[] }) => void) {
        super((list) =>
          callback({ getEntries: () => list.getEntries().filter((_, at) => !lose || at !== 1) }),
        );
      }
    },
  });
  lose = true;
  windows.start();
  for (const [at, pause] of [
    [10, 1],
    [20, 9],
    [40, 3],
  ] as const) {
    runtime.clock.ms = at;
    runtime.collect('Scavenge', pause, 100, at);
  }
  runtime.deliver();
  runtime.clock.ms = 100;
  // Free time from 11 to 40 is 29 - 9 = 20, in two parts.
  t.strictSame(brief(windows.drain()), [
    ['minor', 10, true, 1, 10],
    ['minor', 21, false, 9, 20],
    ['minor', 40, true, 3, 40],
  ]);
});

t.test('a collection that two overlapping profilers saw counts once', async (t) => {
  for (const delivered of [true, false]) {
    const runtime = scriptedRuntime();
    const windows = createGcWindows(runtime.options);
    windows.start();
    runtime.clock.ms = 100;
    runtime.duringNextSeam(() => runtime.collect('MarkSweepCompact', 5, 90, 50));
    t.strictSame(brief(windows.drain()), [['major', 47.5, false, 5, 50]]);
    runtime.clock.ms = 150;
    if (delivered) runtime.deliver();
    t.strictSame(brief(windows.drain()), []);
  }
});

t.test('alike collections on both sides of a seam count twice', async (t) => {
  for (const delivered of [true, false]) {
    const runtime = scriptedRuntime();
    const windows = createGcWindows(runtime.options);
    windows.start();
    runtime.clock.ms = 10;
    runtime.collect('MarkSweepCompact', 5, 90, 50);
    if (delivered) runtime.deliver();
    t.equal(windows.drain().length, 1);
    runtime.clock.ms = 20;
    runtime.collect('MarkSweepCompact', 5, 90, 50);
    if (delivered) runtime.deliver();
    t.equal(windows.drain().length, 1);
  }
});

t.test('onGc hears of every entry until it is unsubscribed', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  const heard: [number, number][] = [];
  const unsubscribe = windows.onGc((...interval) => heard.push(interval));
  windows.start();
  runtime.clock.ms = 7;
  runtime.collect('Scavenge', 1, 2, 1);
  runtime.collect('Scavenge', 2, 2, 1);
  runtime.deliver();
  unsubscribe();
  runtime.collect('Scavenge', 3, 2, 1);
  runtime.deliver();
  t.strictSame(heard, [
    [7, 8],
    [8, 10],
  ]);
});

t.test('what nobody drains is bounded, and counted', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  windows.start();
  for (let batch = 0; batch < 16; batch++) {
    for (let at = 0; at < 128; at++) runtime.collect('Scavenge', 1, 100, batch * 128 + at + 1);
    runtime.deliver();
  }
  const events = windows.drain();
  t.equal(events.length, 1024);
  t.equal(windows.dropped(), 1024);
  t.equal(events.at(-1)?.after.usedBytes, 2048, 'the newest are kept');
  t.ok(events.every(({ exactTime }) => exactTime));
});

t.test('an unknown kind is counted as dropped', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  windows.start();
  runtime.collect('SomethingNew', 1, 2, 1);
  t.strictSame(windows.drain(), []);
  t.equal(windows.dropped(), 1);
});

t.test('works with either source missing', async (t) => {
  const withoutTimes = scriptedRuntime();
  const sized = createGcWindows({ ...withoutTimes.options, PerformanceObserver: null });
  sized.start();
  withoutTimes.collect('Scavenge', 1, 2, 1);
  t.match(sized.drain(), [{ kind: 'minor', exactTime: false }]);
  sized.stop();

  const withoutSizes = scriptedRuntime();
  const timed = createGcWindows({ ...withoutSizes.options, GCProfiler: null });
  let heard = 0;
  timed.onGc(() => (heard += 1));
  timed.start();
  withoutSizes.collect('Scavenge', 1, 2, 1);
  withoutSizes.deliver();
  t.strictSame(timed.drain(), []);
  t.equal(heard, 1);
  timed.stop();
});

t.test('starting twice is starting once; what stop saw remains for one drain', async (t) => {
  const runtime = scriptedRuntime();
  const windows = createGcWindows(runtime.options);
  windows.start();
  windows.start();
  t.equal(runtime.running.size, 1);
  runtime.collect('Scavenge', 1, 2, 1);
  windows.stop();
  windows.stop();
  t.equal(runtime.running.size, 0);
  t.equal(windows.drain().length, 1);
  t.equal(windows.drain().length, 0);
  windows.start();
  runtime.collect('Scavenge', 1, 2, 1);
  t.equal(windows.drain().length, 1, 'it can be started again');
  windows.stop();
});

function entryOf(detail: unknown): GcEntry {
  return { startTime: 0, duration: 0, detail };
}

t.test('all names V8 and Node give to kinds', async (t) => {
  t.equal(kindOfType('MinorMarkSweep'), 'minor');
  t.equal(kindOfType('IncrementalMarking'), 'incremental');
  t.equal(kindOfType('ProcessWeakCallbacks'), 'weakcb');
  t.equal(kindOfEntry(entryOf({ kind: 2 })), 'minor');
  t.equal(kindOfEntry(entryOf({ kind: constants.NODE_PERFORMANCE_GC_INCREMENTAL })), 'incremental');
  t.equal(kindOfEntry(entryOf({ kind: constants.NODE_PERFORMANCE_GC_WEAKCB })), 'weakcb');
  for (const detail of [{ kind: 999 }, {}, null, undefined, 'gc'])
    t.equal(kindOfEntry(entryOf(detail)), undefined);
});
