import t from 'tap';
import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';
import { risenUntil } from '../../src/verdict/stall.js';
import { trendOf, type Trend } from '../../src/verdict/trend.js';
import { floors, MiB, type FloorShape } from './synthetic-floors.js';

const base = 30 * MiB;
const HALF = 0.5;

/** The trend of all points, with a slope and a noise that are given and not fitted, so that a hand can follow. */
function line(points: readonly FloorPoint[], given: Partial<Trend>): Trend {
  return { ...trendOf(points, 0, 'heap-floor')!, onRequests: false, noiseBytes: 0, ...given };
}

const slope = (value: number): Trend['perSecond'] => ({ value, low: value, high: value });
const exact = (shape: Omit<FloorShape, 'noiseBytes'>): FloorPoint[] => floors({ ...shape, noiseBytes: 0 });

/** Eleven floors in 100 s: 1 MiB a second for 60 s, then nothing. */
const stopped = exact({ points: 11, heap: (at) => base + MiB * Math.min(at, 60) });

t.test('a run that still rises has risen until its last floor', async (t) => {
  const points = exact({ points: 11, heap: (at) => base + MiB * at });
  t.equal(risenUntil(line(points, { perSecond: slope(MiB) }), HALF), points[10]);
  const noisy = floors({ points: 60, heap: (at) => base + MiB * at, noiseBytes: 3 * MiB });
  t.equal(risenUntil(trendOf(noisy, 0, 'heap-floor')!, HALF), noisy.at(-1), 'also under noise');
});

t.test('it ends where the growth fell below the stall pace', async (t) => {
  // From t on, 60 − t MiB were gained in 100 − t seconds: less than half the rate when 60 − t < (100 − t)/2, t > 20.
  t.equal(risenUntil(line(stopped, { perSecond: slope(MiB) }), HALF), stopped[3]);
  // Less than a quarter of it when 60 − t < (100 − t)/4, t > 46.67.
  t.equal(risenUntil(line(stopped, { perSecond: slope(MiB) }), 0.25), stopped[5]);
  // Less than nothing never.
  t.equal(risenUntil(line(stopped, { perSecond: slope(MiB) }), 0), stopped[10]);
});

t.test('one floor far above the line does not make the others stall', async (t) => {
  const peak = exact({ points: 11, heap: (at) => base + MiB * at + (at === 60 ? 40 * MiB : 0) });
  t.equal(risenUntil(line(peak, { perSecond: slope(MiB) }), HALF), peak[10]);
});

t.test('lagging by no more than the noise is not an end', async (t) => {
  // Wherever it is held against its line between 30 s and 60 s, the last floor is 40 MiB behind.
  const until = (noiseBytes: number): FloorPoint =>
    risenUntil(line(stopped, { perSecond: slope(MiB), noiseBytes }), HALF);
  t.equal(until(9.9 * MiB), stopped[3], 'four noises are 39.6 MiB');
  t.equal(until(10.1 * MiB), stopped[10], 'four noises are 40.4 MiB');
});

t.test('a run is judged from its own start', async (t) => {
  const before = exact({ points: 5, heap: () => base });
  const points = [
    ...before,
    ...stopped.map((point) => ({
      ...point,
      atMs: point.atMs + 50_000,
      monotonicMs: point.monotonicMs + 50_000,
    })),
  ];
  const trend = { ...line(stopped, { perSecond: slope(MiB) }), run: points.slice(5) };
  t.equal(risenUntil(trend, HALF), points[8]);
});

t.test('a rise explained by requests does not end when they pause', async (t) => {
  const points = exact({
    points: 11,
    heap: (_, requests) => base + 4096 * requests,
    traffic: (at) => (at <= 60 ? 50 : 0),
  });
  const given = { perSecond: slope(4096 * 50), perRequest: slope(4096) };
  t.equal(risenUntil(line(points, { ...given, onRequests: true }), HALF), points[10]);
  t.equal(risenUntil(line(points, { ...given, onRequests: false }), HALF), points[3], 'by the clock it did');
  const served = points.map((point, i) => ({ ...point, requests: 500 * i }));
  t.equal(
    risenUntil(line(served, { ...given, onRequests: true }), HALF),
    served[3],
    'it does when requests go on and nothing comes of them',
  );
});

/** A straight rise but for its last floor. */
function withLowEnd(count: number): FloorPoint[] {
  const points = exact({ points: count, heap: (at) => base + MiB * at });
  return points.map((point, i) => (i === count - 1 ? { ...point, heapBytes: base } : point));
}

t.test('one low floor among many ends nothing; among few it may', async (t) => {
  const rate = { perSecond: slope(MiB), noiseBytes: 5 * MiB };
  for (const count of [36, 60, 96]) {
    const points = withLowEnd(count);
    t.equal(risenUntil(line(points, rate), HALF), points.at(-1), `${count} floors`);
  }
  const few = withLowEnd(11);
  t.not(risenUntil(line(few, rate), HALF), few.at(-1));
});

t.test('with many floors, medians of blocks are compared', async (t) => {
  // 41 floors stand three by three: the last three at 390 s, and the first block that lags is that about 220 s, since
  // 300 − t < (390 − t)/2 when t > 210. It begins at 210 s.
  const points = exact({ points: 41, heap: (at) => base + MiB * Math.min(at, 300) });
  t.equal(risenUntil(line(points, { perSecond: slope(MiB) }), HALF), points[21]);
});

t.test("the stall is of the trend's own signal", async (t) => {
  const points = exact({
    points: 11,
    heap: (at) => base + MiB * at,
    external: (at) => 5 * MiB + MiB * Math.min(at, 60),
    around: (at) => ({ nativeBytes: 20 * MiB + MiB * Math.min(at, 80) }),
  });
  const until = (signal: Trend['signal']): FloorPoint =>
    risenUntil(line(points, { perSecond: slope(MiB), signal }), HALF);
  t.equal(until('heap-floor'), points[10]);
  t.equal(until('external-floor'), points[3]);
  // 80 − t < (100 − t)/2 when t > 60.
  t.equal(until('native-remainder'), points[7]);
});
