import { mannKendall } from '../statistics/mann-kendall.js';
import { theilSen } from '../statistics/theil-sen.js';

/** A count at a time of the monotonic clock. */
export interface CountPoint {
  readonly monotonicMs: number;
  readonly count: number;
}

/** The growth of a count. */
export interface CountGrowth {
  /** Instances a second, with the 95 % interval. */
  readonly perSecond: { readonly value: number; readonly low: number; readonly high: number };
  readonly seconds: number;
  readonly points: number;
}

/** The counts after garbage collections, one for each. */
export interface CountSeries {
  readonly points: readonly CountPoint[];
  /** Records a count; the lowest one until the next {@link CountSeries.close} is kept. */
  note(count: number, monotonicMs: number): void;
  /** Makes a point of the lowest count since the last call. */
  close(): void;
  clear(): void;
  /** The growth since a time of the monotonic clock; undefined if there are too few points. */
  growth(sinceMs?: number): CountGrowth | undefined;
}

/** At a floor every half minute this is half an hour. */
const MAX_POINTS = 64;
/** Fewer do not allow a 95 % interval. */
const LEAST_POINTS = 5;
/** The serial correlation of fewer points cannot be estimated. */
const CORRECTABLE_POINTS = 12;

/**
 * Between two collections garbage counts as live, so only the lowest count after each is kept. Slope and
 * interval: Theil (1950) and Sen (1968), widened for serial correlation after Yue and Wang (2004).
 */
export function createCountSeries(): CountSeries {
  const points: CountPoint[] = [];
  let lowest: CountPoint | undefined;
  let cached: { from: number; growth: CountGrowth | undefined } | undefined;

  return {
    points,
    note(count, monotonicMs) {
      if (lowest === undefined || count < lowest.count) lowest = { monotonicMs, count };
    },
    close() {
      if (lowest === undefined) return;
      points.push(lowest);
      if (points.length > MAX_POINTS) points.shift();
      lowest = undefined;
      cached = undefined;
    },
    clear() {
      points.length = 0;
      lowest = undefined;
      cached = undefined;
    },
    growth(sinceMs = -Infinity) {
      const first = points.findIndex((point) => point.monotonicMs >= sinceMs);
      if (first === -1) return undefined;
      // A span begins at a collection, whose lowest count was a little earlier than its point.
      const from = Math.max(0, first - 1);
      if (cached?.from !== from) cached = { from, growth: growthOf(points.slice(from)) };
      return cached.growth;
    },
  };
}

function growthOf(points: readonly CountPoint[]): CountGrowth | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (points.length < LEAST_POINTS || first === undefined || last === undefined) return undefined;
  const seconds = points.map((point) => (point.monotonicMs - first.monotonicMs) / 1000);
  const counts = points.map((point) => point.count);
  const correction = points.length < CORRECTABLE_POINTS ? 'none' : 'yue-wang';
  const test = mannKendall(counts, { correction });
  const varianceFactor = test.kind === 'trend' ? test.varianceFactor : 1;
  const line = theilSen(seconds, counts, { varianceFactor });
  if (line.kind !== 'slope') return undefined;
  return {
    perSecond: { value: line.slope, low: line.low, high: line.high },
    seconds: (last.monotonicMs - first.monotonicMs) / 1000,
    points: points.length,
  };
}
