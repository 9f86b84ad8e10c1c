import { finitePairs, type Insufficient, type Pairs } from './finite.js';
import { kendallVariance, tieGroups } from './kendall.js';
import { median, quantileOfSorted } from './quantile.js';
import { normalQuantile } from './normal-quantile.js';
import { thinPairs } from './thin.js';

export interface TheilSenOptions {
  /**
   * By how much serial correlation inflates the variance of Kendall's S (what `mannKendall` returns as
   * `varianceFactor`); default 1, independent residuals. Below 1 counts as 1.
   */
  readonly varianceFactor?: number;
}

export interface SlopeInterval {
  readonly low: number;
  readonly high: number;
}

/** The line; its interval is computed on demand. */
export interface TheilSenLine {
  readonly kind: 'line';
  /** Units of y per unit of x. */
  readonly slope: number;
  /** The y at x = 0: the median residual of the slope. */
  readonly intercept: number;
  /** Usable pairs given. */
  readonly n: number;
  interval(options?: TheilSenOptions): SlopeInterval;
}

export interface TheilSenSlope extends SlopeInterval {
  readonly kind: 'slope';
  /** Units of y per unit of x; so are `low` and `high`. */
  readonly slope: number;
  /** The y at x = 0: the median residual of the slope. */
  readonly intercept: number;
  /** Usable pairs given. */
  readonly n: number;
}

/** All pairs of 256 points are 32,640 slopes; above this the points are thinned first. */
const MAX_POINTS = 256;
/** Two-sided 95 %. */
const CRITICAL = normalQuantile(0.975);

/**
 * The slope of y on x as the median of the slopes of all pairs of points, robust against up to 29 % of outliers, with
 * the interval that inverts Kendall's test.
 *
 * Theil, Indagationes Mathematicae 12 (1950); Sen, "Estimates of the Regression Coefficient Based on Kendall's
 * Tau", Journal of the American Statistical Association 63 (1968), whose interval also allows ties and repeated x.
 *
 * Pairs that are not finite are left out. More than 256 are replaced by medians of 256 blocks, so the cost is
 * bounded. Under five points no interval can reach 95 %: `low` and `high` are then the least and the
 * greatest slope. `insufficient` under three pairs or when all x are one.
 */
export function theilSen(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: TheilSenOptions = {},
): TheilSenSlope | Insufficient {
  const line = theilSenLine(x, y);
  if (line.kind === 'insufficient') return line;
  const { slope, intercept, n } = line;
  return { kind: 'slope', slope, ...line.interval(options), intercept, n };
}

/** As {@link theilSen}, where the interval depends on the residuals of the line. */
export function theilSenLine(x: ArrayLike<number>, y: ArrayLike<number>): TheilSenLine | Insufficient {
  const pairs = finitePairs(x, y);
  const n = pairs.x.length;
  if (n < 3) return { kind: 'insufficient', n };
  const points = thinPairs(pairs, MAX_POINTS);
  const slopes = pairSlopes(points);
  if (slopes.length === 0) return { kind: 'insufficient', n };
  const variance = kendallVariance(points.x.length, tieGroups(points.x), tieGroups(points.y));
  const slope = quantileOfSorted(slopes, 0.5);
  return {
    kind: 'line',
    slope,
    intercept: median(points.x.map((value, i) => points.y[i]! - slope * value)),
    n,
    interval({ varianceFactor = 1 } = {}) {
      const inflation = varianceFactor > 1 ? varianceFactor : 1;
      const spread = CRITICAL * Math.sqrt(variance * inflation);
      // Sen's M₁ and M₂ + 1, rounded to whole order statistics and counted from 0.
      return {
        low: orderStatistic(slopes, Math.round((slopes.length - spread) / 2) - 1),
        high: orderStatistic(slopes, Math.round((slopes.length + spread) / 2)),
      };
    },
  };
}

function orderStatistic(sorted: Float64Array, index: number): number {
  return sorted[Math.min(Math.max(index, 0), sorted.length - 1)]!;
}

/** The slopes of all pairs with different x, ascending. */
function pairSlopes({ x, y }: Pairs): Float64Array {
  const n = x.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const xi = x[i]!;
    const yi = y[i]!;
    for (let j = i + 1; j < n; j++) {
      const slope = (y[j]! - yi) / (x[j]! - xi);
      if (Number.isFinite(slope)) slopes[count++] = slope;
    }
  }
  return slopes.subarray(0, count).sort();
}
