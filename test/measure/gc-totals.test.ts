import t from 'tap';
import { createGcTotals } from '../../src/measure/gc-totals.js';
import type { GcEvent, GcHeap, GcKind } from '../../src/measure/reading.js';

function heapOf(usedBytes: number): GcHeap {
  return {
    usedBytes,
    committedBytes: 0,
    externalBytes: 0,
    oldSpaceUsedBytes: 0,
    newSpaceUsedBytes: 0,
    spaces: [],
  };
}

function event(kind: GcKind, pauseMs: number, before: number, after: number, startMs = 0): GcEvent {
  return { kind, startMs, exactTime: true, pauseMs, before: heapOf(before), after: heapOf(after) };
}

t.test('totals add up by kind over several drains', async (t) => {
  const totals = createGcTotals();
  totals.add([event('minor', 1, 100, 40), event('minor', 2, 90, 60)]);
  totals.add([]);
  totals.add([
    event('major', 150, 200, 30, 77),
    event('weakcb', 0.5, 35, 35),
    event('incremental', 0.5, 20, 45),
  ]);
  const reading = totals.read();

  t.strictSame(reading.kinds.minor, {
    count: 2,
    pauseSeconds: 0.003,
    reclaimedBytes: 90,
    // 0.001 is the first bound, 0.0025 the second.
    bucketCounts: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
  });
  t.strictSame(reading.kinds.major, {
    count: 1,
    pauseSeconds: 0.15,
    reclaimedBytes: 170,
    // 0.1 is the seventh bound, 0.25 the eighth.
    bucketCounts: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  });
  t.equal(reading.kinds.incremental.reclaimedBytes, 0, 'growth during a collection reclaims nothing');
  t.equal(reading.count, 5);
  t.equal(reading.reclaimedBytes, 260);
  t.ok(Math.abs(reading.pauseSeconds - 0.154) < 1e-12);
  // 40 → 90, 60 → 200, 30 → 35; 35 → 20 is no allocation.
  t.equal(reading.allocatedBytes, 50 + 140 + 5);
  t.strictSame(reading.lastMajor, { startMs: 77, after: heapOf(30) });
});

t.test('reading changes nothing, and a reading does not change later', async (t) => {
  const totals = createGcTotals();
  const empty = totals.read();
  t.equal(empty.lastMajor, undefined);
  totals.add([event('major', 5000, 3, 2), event('major', 5001, 3, 2)]);
  t.equal(empty.kinds.major.count, 0);
  t.equal(empty.kinds.major.bucketCounts.at(-1), 0);
  t.strictSame(totals.read(), totals.read());
  t.strictSame(totals.read().kinds.major.bucketCounts, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});
