import { median, quantile } from '../statistics/quantile.js';
import { floorOf } from './floors/floor.js';
import type { FloorPoint } from './floors/floor-series.js';
import { outlastsFilling } from './horizon.js';
import type { Load } from './load/loads.js';
import { risenUntil } from './stall.js';
import type { Thresholds } from './thresholds.js';
import { MINIMUM_POINTS, trendOf, type Trend } from './trend.js';
import type { Signal } from './verdict.js';

/** How floors are assessed. */
export interface Terms {
  readonly thresholds: Thresholds;
  readonly fillHorizonSeconds: number;
}

/** What the floors show about one signal, before the rules vote. */
export interface Assessment {
  readonly signal: Signal;
  /** Over all points. */
  readonly overall: Trend | undefined;
  /**
   * The longest run up to now that rises steadily, without slowing; if any outlast the fill horizon, the longest of
   * those. Its start is the onset.
   */
  readonly steady: Trend | undefined;
  /** Over the newest points only. */
  readonly recent: Trend | undefined;
  /** A load that rose together with the floor, so that load and growth cannot be told apart. */
  readonly risesWith?: Load['measure'];
  /** The load whose contribution was subtracted from the floors, where it surely has one. */
  readonly loadApart?: Load['measure'];
  /** Without that contribution the floors do not rise by more than an error in it could explain. */
  readonly isExplained?: boolean;
}

/** A rise ends once this many of the newest floors stop following it. */
export const STALLED_POINTS = 2;
/** Enough points for the Mann–Kendall test to be significant: five in order have p = 1/120. */
export const TESTABLE_POINTS = 5;
/** Starts that are tried; each costs some fits. */
const MAXIMUM_STARTS = 16;
/** Floors at each end of a run whose median represents that end; fewer for a short run, or its rise would be lost. */
const END_POINTS = 3;
const SHORT_RUN = { floors: 12, endPoints: 2 };
/** The level before a run, without short peaks. */
const REACHED_QUANTILE = 0.9;
/**
 * RSS varies with the allocator and the kernel, and a process that only warms up touches some 20 MiB outside its heap:
 * machine code, malloc's arenas. A rise of it has to be this many times as large, in bytes and as a share.
 */
const NATIVE_FACTORS = { bytes: 24, share: 12 };
const HEAP_FACTORS = { bytes: 1, share: 1 };
/** While points are few, size alone may prove a rise. */
const FEW_POINTS = 8;
const OBVIOUS_SHARE = 0.02;
const OBVIOUS_SECONDS = 15;
const OBVIOUS_NOISES = 5;

export function assess(points: readonly FloorPoint[], signal: Signal, terms: Terms): Assessment {
  return {
    signal,
    overall: trendOf(points, 0, signal),
    steady: steadyRun(points, signal, terms),
    recent: trendOf(
      points,
      Math.max(0, points.length - Math.max(TESTABLE_POINTS, points.length >> 2)),
      signal,
    ),
  };
}

/**
 * Tries the earliest start first; later starts cut off a warm-up that bends the line. The run of all floors is tested at
 * the full significance level; the others share it (Bonferroni), or one of them would look steady by chance every few
 * minutes. A run that includes some of the warm-up is bent, so that a later one may prove a rise that it cannot.
 */
function steadyRun(
  points: readonly FloorPoint[],
  signal: Signal,
  { thresholds, fillHorizonSeconds }: Terms,
): Trend | undefined {
  let longest: Trend | undefined;
  const floors = points.map((point) => floorOf(point, signal));
  const step = Math.ceil(points.length / MAXIMUM_STARTS);
  const others = Math.floor((points.length - MINIMUM_POINTS) / step);
  for (let from = 0; from <= points.length - MINIMUM_POINTS; from += step) {
    if (from > 0 && !reachesNewHeight(floors, from, signal, thresholds)) continue;
    const trend = trendOf(points, from, signal);
    if (trend === undefined || !isSteady(trend, thresholds)) continue;
    const level = from === 0 ? thresholds.level : thresholds.level / others;
    if (!rises(trend, thresholds, level)) continue;
    if (outlastsFilling(trend, fillHorizonSeconds, thresholds)) return trend;
    longest ??= trend;
  }
  return longest;
}

/** Not slowing, not just begun, not over, and not a single step. */
function isSteady(trend: Trend, thresholds: Thresholds): boolean {
  if (trend.pace < thresholds.steadyPace) return false;
  // A handful of floors has no reliable shape.
  if (trend.run.length > TESTABLE_POINTS) {
    if (trend.pace > thresholds.onsetPace || trend.stepGain > thresholds.stepGain) return false;
  }
  const until = risenUntil(trend, thresholds.stallPace);
  return trend.run.indexOf(until) >= trend.run.length - STALLED_POINTS;
}

/** Whether a run reaches a new height; each tooth of a sawtooth rises, but to the same one. */
function reachesNewHeight(
  floors: readonly number[],
  from: number,
  signal: Signal,
  thresholds: Thresholds,
): boolean {
  const points = floors.length - from < SHORT_RUN.floors ? SHORT_RUN.endPoints : END_POINTS;
  const endBytes = median(floors.slice(-points));
  const riseBytes = endBytes - median(floors.slice(from, from + points));
  if (riseBytes < materialBytes(floors[from]!, signal, thresholds)) return false;
  return endBytes - quantile(floors.slice(0, from), REACHED_QUANTILE) >= riseBytes / 2;
}

/** The smallest rise that is more than a healthy process gains. */
export function materialBytes(floorBytes: number, signal: Signal, thresholds: Thresholds): number {
  const { bytes, share } = signal === 'native-remainder' ? NATIVE_FACTORS : HEAP_FACTORS;
  return Math.max(bytes * thresholds.materialBytes, share * thresholds.materialShare * floorBytes);
}

/** Whether a few floors seem to rise without proving it: too much to call it stable, too little to call it growth. */
export function isUndecided({ overall, steady }: Assessment, thresholds: Thresholds): boolean {
  if (overall === undefined || steady !== undefined || overall.run.length >= TESTABLE_POINTS) return false;
  return (
    overall.riseBytes >= materialBytes(floorOf(overall.run[0]!, overall.signal), overall.signal, thresholds)
  );
}

/** Whether a trend is a significant rise that is large enough to matter. */
export function rises(trend: Trend, thresholds: Thresholds, level = thresholds.level): boolean {
  const floorBytes = floorOf(trend.run[0]!, trend.signal);
  const leastBytes = materialBytes(floorBytes, trend.signal, thresholds);
  const steady =
    trend.run.length >= TESTABLE_POINTS &&
    trend.p < level &&
    trend.riseBytes >= Math.max(leastBytes, 3 * trend.noiseBytes);
  return trend.perSecond.low > 0 && (steady || isObvious(trend, floorBytes, leastBytes));
}

/** With five or six floors, one out of order fails the test even if the rise is many times the noise. */
function isObvious(trend: Trend, floorBytes: number, leastBytes: number): boolean {
  if (trend.known >= FEW_POINTS || trend.seconds < OBVIOUS_SECONDS) return false;
  if (trend.riseBytes < Math.max(leastBytes, OBVIOUS_SHARE * floorBytes)) return false;
  return trend.run.length < TESTABLE_POINTS
    ? isMonotone(trend.run, trend.signal)
    : trend.riseBytes >= OBVIOUS_NOISES * trend.noiseBytes;
}

function isMonotone(points: readonly FloorPoint[], signal: Signal): boolean {
  return points.every((point, i) => i === 0 || floorOf(point, signal) > floorOf(points[i - 1]!, signal));
}
