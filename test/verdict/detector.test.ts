import t from 'tap';
import type { GcEvent, GcKind } from '../../src/measure/reading.js';
import { createDetector } from '../../src/verdict/detector.js';
import type { Look } from '../../src/verdict/floors/surroundings.js';
import { createFloorSeries, type FloorPoint } from '../../src/verdict/floors/floor-series.js';
import { completedBetween, MAX_COUNTED_ROUTES } from '../../src/verdict/floors/route-counts.js';
import { scriptedClock } from '../helpers/scripted-clock.js';
import { MiB } from './synthetic-floors.js';

const heap = (usedBytes: number, externalBytes: number) => ({
  usedBytes,
  committedBytes: 40 * MiB,
  externalBytes,
  oldSpaceUsedBytes: usedBytes - MiB,
  newSpaceUsedBytes: MiB,
  spaces: [
    { name: 'old_space', usedBytes: usedBytes - 4 * MiB },
    { name: 'new_space', usedBytes: MiB },
    { name: 'code_space', usedBytes: 2 * MiB },
    { name: 'code_large_object_space', usedBytes: MiB },
  ],
});

function collection(
  endMs: number,
  usedBytes: number,
  kind: GcKind = 'major',
  externalBytes = 5 * MiB,
): GcEvent {
  const pauseMs = 10;
  const before = heap(usedBytes + MiB, externalBytes);
  return {
    kind,
    startMs: endMs - pauseMs,
    exactTime: true,
    pauseMs,
    before,
    after: heap(usedBytes, externalBytes),
  };
}

function detecting(fillHorizonSeconds = 60) {
  const clock = scriptedClock({ monotonic: 0 });
  return { clock, detector: createDetector({ clock, fillHorizonSeconds }) };
}

const point = (i: number): FloorPoint => ({
  atMs: i,
  monotonicMs: i,
  heapBytes: i,
  externalBytes: 0,
  tenuredBytes: i,
  committedBytes: i,
  requests: i,
});

t.test('every major GC leaves a floor, with its time and the requests by then', async (t) => {
  const { clock, detector } = detecting();
  clock.advance(10_000);
  const events = [
    collection(2_500, 30 * MiB),
    collection(4_000, 20 * MiB, 'minor'),
    collection(7_500, 31 * MiB, 'major', 6 * MiB),
  ];
  t.equal(detector.observe(events, 1000), 2);
  t.same(detector.points, [
    {
      atMs: clock.wall() - 7_500,
      monotonicMs: 2_500,
      heapBytes: 30 * MiB,
      codeBytes: 3 * MiB,
      externalBytes: 5 * MiB,
      tenuredBytes: 29 * MiB,
      committedBytes: 40 * MiB,
      requests: 250,
    },
    {
      atMs: clock.wall() - 2_500,
      monotonicMs: 7_500,
      heapBytes: 31 * MiB,
      codeBytes: 3 * MiB,
      externalBytes: 6 * MiB,
      tenuredBytes: 30 * MiB,
      committedBytes: 40 * MiB,
      requests: 750,
    },
  ]);
  t.equal(detector.observe([], 1200), 0);
  clock.advance(10_000);
  detector.observe([collection(20_000, 32 * MiB)], 1300);
  t.equal(detector.points.at(-1)?.requests, 1300, 'counted from the last call');
});

t.test('floors have the completed requests of each route', async (t) => {
  const { clock, detector } = detecting();
  clock.advance(10_000);
  detector.observe([], 100, Float64Array.of(100));
  clock.advance(10_000);
  const completed = Float64Array.of(200, 40);
  detector.observe([collection(15_000, 30 * MiB)], 240, completed);
  completed[0] = 900;
  t.same(detector.points[0]?.routeCounts, Uint32Array.of(150, 20), 'a route may come late');
  detector.observe([collection(15_500, 29 * MiB)], 240, Float64Array.of(200, 40));
  t.equal(detector.points.length, 1);
  t.same(detector.points[0]?.routeCounts, Uint32Array.of(200, 40), 'the last collection of a floor counts');
  t.equal(completedBetween(Uint32Array.of(4_294_967_295), Uint32Array.of(4), 0), 5, 'past 2³²');
  t.equal(completedBetween(Uint32Array.of(), Uint32Array.of(4), 0), 4);
  const many = new Float64Array(5_000).fill(1);
  clock.advance(10_000);
  detector.observe([collection(25_000, 29 * MiB)], 300, many);
  t.equal(detector.points.at(-1)?.routeCounts?.length, MAX_COUNTED_ROUTES);
});

t.test('collections in quick succession are one floor, the lowest', async (t) => {
  const { clock, detector } = detecting();
  clock.advance(5_000);
  detector.observe(
    [collection(1_000, 33 * MiB), collection(1_500, 30 * MiB), collection(1_900, 31 * MiB)],
    0,
  );
  t.match(detector.points, [{ heapBytes: 30 * MiB, monotonicMs: 1_000 }]);
  t.equal(detector.points.length, 1);
  detector.observe([collection(2_100, 32 * MiB)], 0);
  t.equal(detector.points.length, 2, 'a second later it is another');
});

t.test('Buffers that a collection found dead are subtracted from its floor once freed', async (t) => {
  const { clock, detector } = detecting();
  const externalOf = () => detector.points.map(({ externalBytes }) => externalBytes / MiB);
  const look = (externalBytes: number): void =>
    detector.look({
      inFlight: 0,
      completedRequests: 0,
      connections: 0,
      sample: {
        monotonicMs: clock.monotonic(),
        heap: { usedBytes: 0, limitBytes: 0, committedBytes: 0, mallocedBytes: 0, externalBytes },
      } as Look['sample'],
      gc: { pauseSeconds: 0, allocatedBytes: 0 },
    });
  look(2 * MiB);
  clock.advance(5_000);
  detector.observe([collection(4_000, 30 * MiB)], 0);
  t.same(externalOf(), [5], 'what was seen before the collection says nothing');
  look(4 * MiB);
  detector.observe([], 0);
  t.same(externalOf(), [4]);
  look(3 * MiB);
  detector.observe([], 0);
  t.same(externalOf(), [4], 'what is freed later was alive');
  clock.advance(5_000);
  look(2 * MiB);
  detector.observe([collection(7_000, 30 * MiB), collection(9_000, 30 * MiB)], 0);
  t.same(
    externalOf(),
    [4, 5, 2],
    'freed before the collection was told of; what an earlier one left is not known',
  );
});

t.test('a storm of major GCs does not hide a leak', async (t) => {
  const { clock, detector } = detecting();
  for (let second = 1; second <= 90; second += 1) {
    clock.advance(1_000);
    const at = clock.monotonic();
    const used = (30 + second / 10) * MiB;
    detector.observe([collection(at - 500, used), collection(at, used)], second * 50);
  }
  t.ok(detector.points.length > 40, `${detector.points.length} floors`);
  t.match(detector.judgement(), { verdict: 'leaking' });
});

t.test('a verdict is fitted once for each floor', async (t) => {
  const { clock, detector } = detecting();
  for (let i = 1; i <= 6; i += 1) {
    clock.advance(8_000);
    detector.observe([collection(clock.monotonic(), 30 * MiB)], 100 * i);
  }
  const first = detector.judgement();
  t.equal(first.verdict, 'stable');
  t.equal(detector.judgement(), first, 'the same object: asking costs nothing');
  detector.observe([collection(clock.monotonic(), 30 * MiB, 'minor')], 700);
  t.equal(detector.judgement(), first, 'minor GCs say nothing');
  clock.advance(8_000);
  detector.observe([collection(clock.monotonic(), 30 * MiB)], 800);
  t.not(detector.judgement(), first);
});

t.test('without floors the verdict says when the next one is due', async (t) => {
  const { detector } = detecting();
  t.match(
    detector.judgement(8),
    { verdict: 'insufficient-data', readyInSeconds: 20 },
    'then two more, six apart',
  );
  t.equal(detector.judgement(8), detector.judgement(8));
});

t.test('the series is bounded: the far past thins out', async (t) => {
  const series = createFloorSeries(100);
  for (let i = 0; i < 10_000; i += 1) series.add(point(i));
  t.ok(series.points.length <= 100);
  t.equal(series.points.at(-1)?.heapBytes, 9_999);
  t.equal(series.points[0]?.heapBytes, 0, 'where it began is remembered');
  const heaps = series.points.map(({ heapBytes }) => heapBytes);
  t.same(
    heaps,
    heaps.toSorted((a, b) => a - b),
  );
  t.same(
    heaps.slice(-20),
    Array.from({ length: 20 }, (_, i) => 9_980 + i),
    'the newest are all there',
  );
  series.replaceLast(point(5));
  t.equal(series.points.at(-1)?.heapBytes, 5);
});
