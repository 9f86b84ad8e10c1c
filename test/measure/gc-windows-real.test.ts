import { PerformanceObserver, constants } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import t from 'tap';
import { systemClock } from '../../src/base/clock.js';
import type { GcSizes } from '../../src/measure/gc-statistics.js';
import { createGcWindows } from '../../src/measure/gc-windows.js';
import type { GcEvent } from '../../src/measure/reading.js';

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc') as (options?: { type: 'minor' | 'major' }) => void;
v8.setFlagsFromString('--no-expose-gc');

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 1000 && !holds(); waited++) await turns(1);
}

function usedInNewSpace(sizes: GcSizes): number | undefined {
  return sizes.heapSpaceStatistics.find(({ spaceName }) => spaceName === 'new_space')?.spaceUsedSize;
}

t.test('each forced one is seen exactly once across many drains', async (t) => {
  const forcedFlag = constants.NODE_PERFORMANCE_GC_FLAGS_FORCED;
  let seenByObserver = 0;
  let biggestBatch = 0;
  const control = new PerformanceObserver((list) => {
    const entries = list.getEntries() as unknown as { detail: { flags: number } }[];
    biggestBatch = Math.max(biggestBatch, entries.length);
    seenByObserver += entries.filter(({ detail }) => (detail.flags & forcedFlag) !== 0).length;
  });
  // An empty new space: no collection of its own comes while the three are being started.
  gc();
  await turns(5);
  control.observe({ type: 'gc' });
  const windows = createGcWindows({ clock: systemClock });
  const heard: number[] = [];
  windows.onGc((startMs) => heard.push(startMs));
  const whole = new v8.GCProfiler();
  whole.start();
  windows.start();

  const events: GcEvent[] = [];
  const rounds = 60;
  for (let round = 0; round < rounds; round++) {
    gc({ type: 'minor' });
    if (round % 3 === 0) gc();
    if (round % 4 === 0) events.push(...windows.drain());
    if (round % 5 === 0) await turns(1);
  }
  const forced = rounds + rounds / 3;
  await until(() => seenByObserver >= forced);
  events.push(...windows.drain());
  const truth = whole.stop()?.statistics ?? [];
  windows.stop();
  control.disconnect();

  t.ok(truth.length >= forced);
  // New space is the part of a heap that stands still while several profilers read it.
  t.strictSame(
    events.map(({ before, after }) => [before.newSpaceUsedBytes, after.newSpaceUsedBytes]),
    truth.map(({ beforeGC, afterGC }) => [usedInNewSpace(beforeGC), usedInNewSpace(afterGC)]),
    'the very ones that a single profiler over the whole time saw',
  );
  t.ok(events.filter(({ kind }) => kind === 'major').length >= rounds / 3);
  t.ok(events.filter(({ kind }) => kind === 'minor').length >= rounds);
  t.equal(seenByObserver, forced, 'an observer sees every forced one');
  t.ok(biggestBatch > 5, `${biggestBatch} entries came in one callback`);
  t.equal(heard.length, truth.length, 'and so does the subscription');
  // On a busy machine pauses vary by more than they differ: which of several forced in a row is which is not known then.
  const exactMs = events.filter(({ exactTime }) => exactTime).map(({ startMs }) => startMs);
  t.ok(exactMs.length > 0);
  t.same(
    exactMs.filter((ms, index) => !heard.includes(ms) || ms < (exactMs[index - 1] ?? 0)),
    [],
    'a time that is called exact is one that the observer measured, and they are in order',
  );
  t.equal(windows.dropped(), 0);
});

t.test('after two turns all times are exact, and pauses are in milliseconds', async (t) => {
  const windows = createGcWindows({ clock: systemClock });
  const durations: number[] = [];
  windows.onGc((startMs, endMs) => durations.push(endMs - startMs));
  windows.start();
  for (let round = 0; round < 5; round++) gc();
  await until(() => durations.length >= 5);
  const majors = windows.drain().filter(({ kind }) => kind === 'major');
  windows.stop();
  t.ok(majors.length >= 5);
  t.ok(majors.every(({ exactTime }) => exactTime));
  const measuredMs = durations.reduce((sum, ms) => sum + ms, 0);
  const reportedMs = majors.reduce((sum, { pauseMs }) => sum + pauseMs, 0);
  t.ok(reportedMs > measuredMs / 3 && reportedMs < measuredMs * 3, `${reportedMs} and ${measuredMs} ms`);
  t.ok(majors.every(({ after }) => after.spaces.length > 3 && after.oldSpaceUsedBytes > 0));
});
