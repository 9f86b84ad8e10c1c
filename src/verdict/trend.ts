import { levelShift } from '../statistics/level-shift.js';
import { mannKendall } from '../statistics/mann-kendall.js';
import { median } from '../statistics/median.js';
import { theilSen } from '../statistics/theil-sen.js';
import type { FloorPoint } from './floor-series.js';
import type { Estimate, Signal } from './verdict.js';

/** How a floor moves over a run of points that ends now. */
export interface Trend {
  readonly signal: Signal;
  /** Index of the first point of the run. */
  readonly from: number;
  readonly points: number;
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: Estimate;
  readonly perRequest?: Estimate;
  /** The rise over the run, from the slope. */
  readonly riseBytes: number;
  /** Typical distance of a point from the line. */
  readonly noiseBytes: number;
  /** One-sided probability of a rise as steady as this where there is none. */
  readonly p: number;
  /** Rate of the later half over that of the earlier, on the axis that explains the growth better. */
  readonly pace: number;
  /** Whether requests explain the growth better than time does. */
  readonly onRequests: boolean;
  /** By how much one step explains the points better than a line does; see `levelShift`. */
  readonly stepGain: number;
}

/** Fewer points than this hold no trend. */
export const MINIMUM_POINTS = 3;

/** The correlation of fewer points cannot be estimated; correcting for it would be noise. */
const CORRECTABLE_POINTS = 12;

export function floorOf(point: FloorPoint, signal: Signal): number {
  switch (signal) {
    case 'heap-floor':
      return point.heapBytes;
    case 'external-floor':
      return point.externalBytes;
    case 'native-remainder':
      return point.around?.nativeBytes ?? Number.NaN;
  }
}

/**
 * The trend of `points[from…]`, or undefined when there are too few. Slope and interval: Theil (1950) and
 * Sen (1968); steadiness: Mann (1945) and Kendall (1975), corrected for serial correlation after Yue and Wang (2004).
 */
export function trendOf(points: readonly FloorPoint[], from: number, signal: Signal): Trend | undefined {
  const run = points.slice(from);
  const first = run[0];
  const last = run.at(-1);
  if (run.length < MINIMUM_POINTS || first === undefined || last === undefined) return undefined;
  const seconds = run.map((point) => (point.monotonicMs - first.monotonicMs) / 1000);
  const requests = run.map((point) => point.requests - first.requests);
  const floors = run.map((point) => floorOf(point, signal));
  // Floors resemble their neighbours; taken as independent they would make chance look steady.
  const correction = run.length < CORRECTABLE_POINTS ? 'none' : 'yue-wang';
  const test = mannKendall(floors, { correction });
  const varianceFactor = test.kind === 'trend' ? test.varianceFactor : 1;
  const byTime = theilSen(seconds, floors, { varianceFactor });
  if (byTime.kind !== 'slope') return undefined;
  const byRequest = theilSen(requests, floors, { varianceFactor });

  const timeNoise = residualNoise(seconds, floors, byTime.slope);
  const requestNoise =
    byRequest.kind === 'slope' ? residualNoise(requests, floors, byRequest.slope) : Number.POSITIVE_INFINITY;
  const onRequests = requestNoise < timeNoise;
  const duration = seconds.at(-1)!;
  return {
    signal,
    from,
    points: run.length,
    seconds: duration,
    requests: requests.at(-1)!,
    perSecond: { value: byTime.slope, low: byTime.low, high: byTime.high },
    ...(byRequest.kind === 'slope' && {
      perRequest: { value: byRequest.slope, low: byRequest.low, high: byRequest.high },
    }),
    riseBytes: byTime.slope * duration,
    noiseBytes: Math.min(timeNoise, requestNoise),
    p: oneSided(test),
    pace: paceOf(onRequests ? requests : seconds, floors),
    onRequests,
    stepGain: stepGainOf(onRequests ? requests : seconds, floors),
  };
}

function stepGainOf(x: readonly number[], y: readonly number[]): number {
  const shift = levelShift(x, y);
  return shift.kind === 'comparison' && shift.after > shift.before ? shift.bicGain : Number.NEGATIVE_INFINITY;
}

function residualNoise(x: readonly number[], y: readonly number[], slope: number): number {
  const residuals = y.map((value, i) => value - slope * x[i]!);
  const centre = median(residuals);
  // 1.4826 makes the median absolute deviation a standard deviation under a normal law.
  return 1.4826 * median(residuals.map((value) => Math.abs(value - centre)));
}

function oneSided(test: ReturnType<typeof mannKendall>): number {
  if (test.kind !== 'trend') return 1;
  return test.s > 0 ? test.p / 2 : 1 - test.p / 2;
}

/** Slope of the later half over slope of the earlier half; the halves share their middle point. */
function paceOf(x: readonly number[], y: readonly number[]): number {
  const middle = middleIndex(x);
  const early = halfSlope(x.slice(0, middle + 1), y.slice(0, middle + 1));
  const late = halfSlope(x.slice(middle), y.slice(middle));
  if (!(early > 0)) return late > 0 ? Number.POSITIVE_INFINITY : 0;
  return late / early;
}

function middleIndex(x: readonly number[]): number {
  const half = (x[0]! + x.at(-1)!) / 2;
  const index = x.findIndex((value) => value >= half);
  return Math.min(Math.max(index, 1), x.length - 2);
}

function halfSlope(x: readonly number[], y: readonly number[]): number {
  const fit = theilSen(x, y);
  if (fit.kind === 'slope') return fit.slope;
  const width = x.at(-1)! - x[0]!;
  return width > 0 ? (y.at(-1)! - y[0]!) / width : 0;
}
