import t from 'tap';
import { createPendingDeltas } from '../../src/requests/pending-deltas.js';
import { createRecorder, NO_RECORD, type Recorder } from '../../src/requests/recorder.js';
import { durationLayout, STATUS_CLASSES, type StatusClass } from '../../src/requests/route-columns.js';
import { UNMATCHED_ROW } from '../../src/requests/route-table.js';
import { quantileFromCounts } from '../../src/statistics/log-histogram.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const BUCKETS = [0.01, 0.1, 1];

/** A recorder whose time and heap a test moves. */
function scripted({ heapDelta = true, maxRoutes = 10 } = {}) {
  const clock = scriptedClock();
  const heap = { usedBytes: 1_000_000 };
  const recorder = createRecorder({
    clock,
    maxRoutes,
    durationBucketsSeconds: BUCKETS,
    ...(heapDelta && { heapUsedBytes: () => heap.usedBytes }),
  });
  return { clock, heap, recorder };
}

function samplesOf({ columns }: Recorder, row: number) {
  return {
    clean: columns.cleanSamples[row],
    overlap: columns.overlapSamples[row],
    gc: columns.gcSamples[row],
  };
}

function classesOf({ columns }: Recorder, row: number): Partial<Record<StatusClass, number>> {
  const counts = STATUS_CLASSES.map((name, i) => [name, columns.byClass[row * STATUS_CLASSES.length + i]!]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0)) as Partial<
    Record<StatusClass, number>
  >;
}

t.test('a request that ran alone and without a GC gives a clean delta once it is settled', async (t) => {
  const { clock, heap, recorder } = scripted();
  const row = recorder.addRoute('GET', '/orders/:id');
  const record = recorder.begin(row);
  t.match(
    { inFlight: recorder.inFlight, ofRoute: recorder.columns.inFlight[row] },
    { inFlight: 1, ofRoute: 1 },
  );
  heap.usedBytes += 5_000;
  clock.advance(25);
  t.same(recorder.read(record), {
    deltaBytes: 5_000,
    heapUsedBytes: 1_005_000,
    quality: 'clean',
    durationMs: 25,
  });
  heap.usedBytes += 70_000;
  clock.advance(5);
  recorder.end(record, 200);

  t.match(samplesOf(recorder, row), { clean: 0 }, 'V8 tells of a GC late, so nothing is believed at once');
  recorder.settle();
  t.match(samplesOf(recorder, row), { clean: 0 });
  clock.advance(1_001);
  recorder.settle();
  t.same(samplesOf(recorder, row), { clean: 1, overlap: 0, gc: 0 });
  t.equal(recorder.columns.deltaSumBytes[row], 5_000, 'the delta ends with the headers');
  t.equal(recorder.columns.durationSumMs[row], 30, 'the duration ends with the response');
  t.match({ inFlight: recorder.inFlight, completed: recorder.completed }, { inFlight: 0, completed: 1 });
});

t.test('a request whose headers were never written is read at its end', async (t) => {
  const { clock, heap, recorder } = scripted();
  const record = recorder.begin(UNMATCHED_ROW);
  heap.usedBytes += 300;
  recorder.end(record, 200);
  clock.advance(2_000);
  recorder.settle();
  t.equal(recorder.columns.deltaSumBytes[UNMATCHED_ROW], 300);
});

t.test('a request is read once', async (t) => {
  const { clock, recorder } = scripted();
  const record = recorder.begin(UNMATCHED_ROW);
  t.ok(recorder.read(record));
  t.equal(recorder.read(record), undefined, 'an error that is sent instead passes the hook again');
  recorder.end(record, 500);
  clock.advance(2_000);
  recorder.settle();
  t.same(samplesOf(recorder, UNMATCHED_ROW), { clean: 1, overlap: 0, gc: 0 });
});

t.test('requests that overlap are marked, each of them', async (t) => {
  const { clock, recorder } = scripted();
  const [a, b] = [recorder.addRoute('GET', '/a'), recorder.addRoute('GET', '/b')];
  const first = recorder.begin(a);
  const second = recorder.begin(b);
  recorder.end(second, 200);
  t.equal(recorder.read(first)?.quality, 'overlap', 'also when the other one has ended by now');
  recorder.end(first, 200);
  const third = recorder.begin(a);
  t.equal(recorder.read(third)?.quality, 'clean');
  recorder.end(third, 200);
  clock.advance(2_000);
  recorder.settle();
  t.same(samplesOf(recorder, a), { clean: 1, overlap: 1, gc: 0 });
  t.same(samplesOf(recorder, b), { clean: 0, overlap: 1, gc: 0 });
});

t.test('the heap is read only where the reading can be used', async (t) => {
  const clock = scriptedClock();
  let readings = 0;
  let picks = true;
  const recorder = createRecorder({
    clock,
    maxRoutes: 10,
    durationBucketsSeconds: BUCKETS,
    heapUsedBytes: () => 1_000_000 + 100 * readings++,
    measured: { pick: () => picks, adapt: () => undefined },
  });
  const row = recorder.addRoute('GET', '/a');
  const readingsOf = (work: () => void): number => {
    const before = readings;
    work();
    return readings - before;
  };
  const answer = (isShown: boolean, during?: () => void): void => {
    const record = recorder.begin(row, isShown);
    during?.();
    t.equal(recorder.isShown(record), isShown);
    t.equal(recorder.read(record) !== undefined, isShown);
    recorder.end(record, 200);
  };
  t.equal(
    readingsOf(() => answer(true)),
    2,
  );
  t.equal(
    readingsOf(() => answer(false)),
    2,
    'one that was alone and is picked',
  );
  t.equal(
    readingsOf(() => answer(false, () => answer(false))),
    1,
    'of two that overlap only the begin of the first, which was alone until then',
  );
  picks = false;
  t.equal(
    readingsOf(() => answer(false)),
    0,
    'one that is not picked',
  );
  t.equal(
    readingsOf(() => answer(true, () => answer(true))),
    4,
    'a header tells of an overlap too',
  );
  clock.advance(2_000);
  recorder.settle();
  t.same(samplesOf(recorder, row), { clean: 2, overlap: 4, gc: 0 }, 'of those that were picked or shown');
  t.equal(recorder.columns.completed[row], 7);
});

t.test('a request in which a GC ran is marked, whenever V8 tells of it', async (t) => {
  const { clock, heap, recorder } = scripted();
  const run = (during: () => void): number => {
    const record = recorder.begin(UNMATCHED_ROW);
    clock.advance(10);
    during();
    recorder.read(record);
    recorder.end(record, 200);
    return clock.monotonic();
  };
  run(() => (heap.usedBytes -= 10));
  t.match(samplesOf(recorder, UNMATCHED_ROW), { gc: 1 }, 'a heap that shrank proves it');
  run(() => recorder.markGc(clock.monotonic() - 5, clock.monotonic() - 4));
  t.match(samplesOf(recorder, UNMATCHED_ROW), { gc: 2 }, 'told while the request ran');
  const endMs = run(() => undefined);
  recorder.markGc(endMs - 5, endMs - 4);
  clock.advance(1_500);
  recorder.settle();
  t.same(samplesOf(recorder, UNMATCHED_ROW), { clean: 0, overlap: 0, gc: 3 }, 'told afterwards');
});

t.test('without heap deltas only time and status are recorded', async (t) => {
  const { clock, recorder } = scripted({ heapDelta: false });
  const record = recorder.begin(UNMATCHED_ROW);
  recorder.end(record, 204);
  clock.advance(2_000);
  recorder.settle();
  t.same(samplesOf(recorder, UNMATCHED_ROW), { clean: 0, overlap: 0, gc: 0 });
  t.same(classesOf(recorder, UNMATCHED_ROW), { '2xx': 1 });
});

t.test('status codes fall into their class, and an abort into its own', async (t) => {
  const { recorder } = scripted();
  for (const status of [101, 200, 304, 404, 418, 500, 599, 0, 700, 42]) {
    recorder.end(recorder.begin(UNMATCHED_ROW), status);
  }
  t.same(classesOf(recorder, UNMATCHED_ROW), {
    '1xx': 2,
    '2xx': 1,
    '3xx': 1,
    '4xx': 2,
    '5xx': 3,
    aborted: 1,
  });
});

t.test('durations fall into the bucket whose bound they reach, and into the quantiles', async (t) => {
  const { clock, recorder } = scripted();
  for (const ms of [1, 10, 10.5, 100, 999, 5_000]) {
    const record = recorder.begin(UNMATCHED_ROW);
    clock.advance(ms);
    recorder.end(record, 200);
  }
  const bounds = BUCKETS.length + 1;
  const row = UNMATCHED_ROW * STATUS_CLASSES.length + STATUS_CLASSES.indexOf('2xx');
  t.same(Array.from(recorder.columns.durationBuckets.slice(row * bounds, (row + 1) * bounds)), [2, 2, 1, 1]);
  t.equal(recorder.columns.durationClassSumMs[row], 6_120.5);
  const { durations } = recorder.columns;
  const median = quantileFromCounts(durationLayout, durations, UNMATCHED_ROW * durationLayout.buckets, 0.5);
  t.ok(Math.abs(median / 10_500 - 1) < 0.1, `${median} µs`);
});

t.test('a record is closed once', async (t) => {
  const { recorder } = scripted();
  const record = recorder.begin(UNMATCHED_ROW);
  recorder.end(record, 200);
  recorder.end(record, 0);
  t.match({ inFlight: recorder.inFlight, completed: recorder.completed }, { inFlight: 0, completed: 1 });
  t.same(classesOf(recorder, UNMATCHED_ROW), { '2xx': 1 });
  const [next, other] = [recorder.begin(UNMATCHED_ROW), recorder.begin(UNMATCHED_ROW)];
  t.not(next, other, 'its slot was freed once too');
});

t.test('slots grow with the requests in flight, up to a limit that is counted', async (t) => {
  const { clock, recorder } = scripted();
  const bytes = recorder.bytes;
  const records = Array.from({ length: 300 }, () => {
    clock.advance(1);
    return recorder.begin(UNMATCHED_ROW);
  });
  t.equal(new Set(records).size, 300);
  t.ok(recorder.bytes > bytes);
  clock.advance(100);
  recorder.end(records[0]!, 200);
  t.equal(recorder.columns.durationSumMs[UNMATCHED_ROW], 399, 'what began before the growth is still known');

  while (recorder.inFlight < 65_536) records.push(recorder.begin(UNMATCHED_ROW));
  t.equal(recorder.begin(UNMATCHED_ROW), NO_RECORD);
  t.equal(recorder.dropped, 1);
  for (const record of records) recorder.end(record, 200);
  t.equal(recorder.inFlight, 0);
  t.equal(recorder.columns.inFlight[UNMATCHED_ROW], 0);
  t.not(recorder.begin(UNMATCHED_ROW), NO_RECORD);
});

t.test('columns grow with the routes and keep what they hold', async (t) => {
  const { recorder } = scripted({ maxRoutes: 100 });
  const first = recorder.addRoute('GET', '/0');
  recorder.end(recorder.begin(first), 500);
  const bytes = recorder.bytes;
  for (let i = 1; i < 100; i += 1) recorder.addRoute('GET', `/${i}`);
  t.ok(recorder.bytes > bytes);
  const last = recorder.routes.size - 1;
  recorder.end(recorder.begin(last), 200);
  t.same(classesOf(recorder, first), { '5xx': 1 });
  t.same(classesOf(recorder, last), { '2xx': 1 });
  t.equal(recorder.columns.completed[last], 1);
});

t.test('pending deltas', async (t) => {
  const settled: [row: number, deltaBytes: number, gcRan: boolean, countedBytes: number][] = [];
  const pending = createPendingDeltas((...delta) => settled.push(delta));
  const take = () => settled.splice(0);

  pending.add(1, 0, 10, 100, 1000);
  pending.add(2, 20, 30, 200, 2000);
  pending.add(3, 40, 50, 300, 3000);
  pending.markGc(25, 26);
  pending.settle(50);
  t.same(
    take(),
    [
      [1, 100, false, 1000],
      [2, 200, true, 2000],
    ],
    'a GC marks whom it touched; who ended later waits',
  );
  pending.markGc(10, 40);
  pending.settle(51);
  t.same(take(), [[3, 300, true, 3000]], 'a GC that ended as a request began may have paused it');

  for (let i = 0; i < 3_000; i += 1) pending.add(i, i, i, i, i);
  t.equal(take().length, 3_000 - 2_048, 'a full ring settles its oldest');
  pending.markGc(2_500, 2_500);
  pending.settle(Infinity);
  t.same(
    take().filter(([, , gcRan]) => gcRan),
    [[2_500, 2_500, true, 2_500]],
    'round the end of the ring too',
  );
});
