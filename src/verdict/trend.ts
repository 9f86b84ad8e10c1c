import { levelShift, twoLevelShifts } from '../statistics/level-shift.js';
import { mannKendall } from '../statistics/mann-kendall.js';
import { median } from '../statistics/quantile.js';
import { partialResiduals, squaresOf } from '../statistics/partial-residuals.js';
import { theilSen, theilSenLine, type TheilSenLine } from '../statistics/theil-sen.js';
import { floorOf } from './floors/floor.js';
import type { FloorPoint } from './floors/floor-series.js';
import type { Estimate, Signal } from './verdict.js';

/** How a floor changes over a run of points that ends now. */
export interface Trend {
  readonly signal: Signal;
  readonly run: readonly FloorPoint[];
  /** All floors known, those before the run included. */
  readonly known: number;
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: Estimate;
  readonly perRequest?: Estimate;
  /** The rise over the run, from the slope. */
  readonly riseBytes: number;
  /** Typical distance of a point from the line. */
  readonly noiseBytes: number;
  /** By how much serial correlation inflates the variance; see `mannKendall`. */
  readonly varianceFactor: number;
  /** One-sided probability of so steady a rise by chance. */
  readonly p: number;
  /** Rate of the later half over that of the earlier, on the axis that explains the growth better. */
  readonly pace: number;
  /** Whether requests explain the growth better than time does. */
  readonly onRequests: boolean;
  /** By how much one step, or two, explain the points better than a line does; see `levelShift`. */
  readonly stepGain: number;
}

/** The fewest points that a trend is fitted to. */
export const MINIMUM_POINTS = 3;

/** The serial correlation of fewer points cannot be estimated. */
const CORRECTABLE_POINTS = 12;
/** Residuals below a byte are rounding errors, which are correlated. */
const LEAST_NOISE_BYTES = 1;

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
  const byTime = theilSenLine(seconds, floors);
  if (byTime.kind === 'insufficient') return undefined;
  const byRequest = theilSenLine(requests, floors);

  const overTime = residualsOf(byTime, seconds, floors);
  const overRequests = byRequest.kind === 'line' ? residualsOf(byRequest, requests, floors) : undefined;
  const onRequests = overRequests !== undefined && overRequests.noise < overTime.noise;
  const { values: residuals, noise: noiseBytes } = onRequests ? overRequests : overTime;
  // Floors are serially correlated: taken as independent, chance would look steady. The correlation is that of the
  // residuals about a curve over requests or time, so that neither a wave of the traffic nor a bend counts as correlation.
  const isNoise = run.length >= CORRECTABLE_POINTS && noiseBytes >= LEAST_NOISE_BYTES;
  const axis = onRequests ? requests : seconds;
  const test = mannKendall(
    floors,
    isNoise ? { correction: 'yue-wang', residuals: withoutBend(residuals, axis) } : {},
  );
  const varianceFactor = test.kind === 'trend' ? test.varianceFactor : 1;
  const duration = seconds.at(-1)!;
  return {
    signal,
    run,
    known: points.length,
    seconds: duration,
    requests: requests.at(-1)!,
    perSecond: { value: byTime.slope, ...byTime.interval({ varianceFactor }) },
    ...(byRequest.kind === 'line' && {
      perRequest: { value: byRequest.slope, ...byRequest.interval({ varianceFactor }) },
    }),
    riseBytes: byTime.slope * duration,
    noiseBytes,
    varianceFactor,
    p: oneSided(test),
    pace: paceOf(axis, floors),
    onRequests,
    stepGain: stepGainOf(axis, floors),
  };
}

function withoutBend(values: readonly number[], axis: readonly number[]): readonly number[] {
  return partialResiduals([values], [axis, squaresOf(axis)])[0]!;
}

function stepGainOf(x: readonly number[], y: readonly number[]): number {
  const gains = [levelShift(x, y), twoLevelShifts(x, y)].map((shift) =>
    shift.kind === 'comparison' && shift.after > shift.before ? shift.bicGain : Number.NEGATIVE_INFINITY,
  );
  return Math.max(...gains);
}

interface Residuals {
  readonly values: readonly number[];
  /** Their typical size. */
  readonly noise: number;
}

function residualsOf({ slope }: TheilSenLine, x: readonly number[], y: readonly number[]): Residuals {
  const values = y.map((value, i) => value - slope * x[i]!);
  const centre = median(values);
  // 1.4826 makes the median absolute deviation a standard deviation for a normal distribution.
  return { values, noise: 1.4826 * median(values.map((value) => Math.abs(value - centre))) };
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
