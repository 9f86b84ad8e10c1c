import { median } from '../statistics/median.js';
import { quantile } from '../statistics/quantile.js';
import { floorOf } from './floors/floor.js';
import type { FloorPoint } from './floors/floor-series.js';
import { outlastsFilling } from './horizon.js';
import type { Load } from './load/loads.js';
import { risenUntil } from './stall.js';
import type { Thresholds } from './thresholds.js';
import { MINIMUM_POINTS, trendOf, type Trend } from './trend.js';
import type { Signal } from './verdict.js';

/** By which floors are assessed. */
export interface Terms {
  readonly thresholds: Thresholds;
  readonly fillHorizonSeconds: number;
}

/** What the floors say of one signal, before any rule speaks. */
export interface Assessment {
  readonly signal: Signal;
  /** Over all points. */
  readonly overall: Trend | undefined;
  /**
   * The longest run up to now that rises steadily, that is without slowing, of those that outlast filling if any does. Its
   * start is the onset.
   */
  readonly steady: Trend | undefined;
  /** Over the newest points only. */
  readonly recent: Trend | undefined;
  /** A load that rose with the floor all the while, so that nobody can tell whose the rise is. */
  readonly risesWith?: Load['measure'];
  /** The load of whose share the floors were freed, where it surely has one. */
  readonly loadApart?: Load['measure'];
  /** What is left without that share does not rise beyond what an error in it could make it rise. */
  readonly isExplained?: boolean;
}

/** A rise that the newest floors, this many of them, no longer share is over. */
export const STALLED_POINTS = 2;
/** Enough points for the Mann–Kendall test to reach its level: five in order have p = 1/120. */
export const TESTABLE_POINTS = 5;
/** Runs that are tried. Each costs some fits. */
const MAXIMUM_STARTS = 16;
/** Floors at each end of a run whose median stands for that end; of a short run fewer, or its rise would be lost in them. */
const END_POINTS = 3;
const SHORT_RUN = { floors: 12, endPoints: 2 };
/** Where most of what came before a run lay; a short peak is left out. */
const REACHED_QUANTILE = 0.9;
/**
 * RSS wanders with the allocator's and the kernel's moods, and a process that only warms up touches some twenty MiB beside
 * its heap: machine code, the arenas of malloc. A rise of it has to be so many times as great, in bytes and as a share.
 */
const NATIVE_FACTORS = { bytes: 24, share: 12 };
const HEAP_FACTORS = { bytes: 1, share: 1 };
/** While points are few, a rise may also be beyond doubt by its size alone. */
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
 * The earliest start tried first: a warm-up in front of a leak bends the line and is cut off. The run of all floors is
 * tested at the full level; the others share it, or one of them would look steady by chance every few minutes. A run that
 * holds some of the warm-up is bent, and cannot prove what a later one may: what it went on to gain, over its own line.
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
    if (from > 0 && !isNews(floors, from, signal, thresholds)) continue;
    const trend = trendOf(points, from, signal);
    if (trend === undefined || !isSteady(trend, thresholds)) continue;
    const level = from === 0 ? thresholds.level : thresholds.level / others;
    if (!rises(trend, thresholds, level)) continue;
    if (outlastsFilling(trend, fillHorizonSeconds, thresholds)) return trend;
    longest ??= trend;
  }
  return longest;
}

/** Neither slowing, nor just begun, nor over, nor a single step. */
function isSteady(trend: Trend, thresholds: Thresholds): boolean {
  if (trend.pace < thresholds.steadyPace) return false;
  // The shape of a handful of floors is chance.
  if (trend.run.length > TESTABLE_POINTS) {
    if (trend.pace > thresholds.onsetPace || trend.stepGain > thresholds.stepGain) return false;
  }
  const until = risenUntil(trend, thresholds.stallPace);
  return trend.run.indexOf(until) >= trend.run.length - STALLED_POINTS;
}

/** Whether a run leads to where the floor had not been before it; each tooth of a saw rises, but to the same height. */
function isNews(floors: readonly number[], from: number, signal: Signal, thresholds: Thresholds): boolean {
  const points = floors.length - from < SHORT_RUN.floors ? SHORT_RUN.endPoints : END_POINTS;
  const endBytes = median(floors.slice(-points));
  const riseBytes = endBytes - median(floors.slice(from, from + points));
  if (riseBytes < materialBytes(floors[from]!, signal, thresholds)) return false;
  return endBytes - quantile(floors.slice(0, from), REACHED_QUANTILE) >= riseBytes / 2;
}

/** The least rise of a floor that is more than a process gains by itself. */
export function materialBytes(floorBytes: number, signal: Signal, thresholds: Thresholds): number {
  const { bytes, share } = signal === 'native-remainder' ? NATIVE_FACTORS : HEAP_FACTORS;
  return Math.max(bytes * thresholds.materialBytes, share * thresholds.materialShare * floorBytes);
}

/** Whether few floors seem to rise without proving it: too much for a clean bill of health, too little for more. */
export function isUndecided({ overall, steady }: Assessment, thresholds: Thresholds): boolean {
  if (overall === undefined || steady !== undefined || overall.run.length >= TESTABLE_POINTS) return false;
  return (
    overall.riseBytes >= materialBytes(floorOf(overall.run[0]!, overall.signal), overall.signal, thresholds)
  );
}

/** Whether a trend is a rise that is neither chance nor too small to matter. */
export function rises(trend: Trend, thresholds: Thresholds, level = thresholds.level): boolean {
  const floorBytes = floorOf(trend.run[0]!, trend.signal);
  const leastBytes = materialBytes(floorBytes, trend.signal, thresholds);
  const steady =
    trend.run.length >= TESTABLE_POINTS &&
    trend.p < level &&
    trend.riseBytes >= Math.max(leastBytes, 3 * trend.noiseBytes);
  return trend.perSecond.low > 0 && (steady || isObvious(trend, floorBytes, leastBytes));
}

/** One floor out of order spoils the test on five or six of them, although the rise is many times their noise. */
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
