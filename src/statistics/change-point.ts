import { finitePairs, type Insufficient, type Pairs } from './finite.js';
import { bic, effectiveResiduals } from './information-criterion.js';
import { leastSquares, type LeastSquares, type Line } from './least-squares.js';
import { sortPairs } from './thin.js';

export interface ChangePointOptions {
  /** Fewest points on either side; default 5, at least 3. */
  readonly minSegment?: number;
  /** By how much BIC must fall for a change to be believed; default 10, "very strong" in Kass & Raftery (1995). */
  readonly minBicGain?: number;
}

export interface Change {
  readonly kind: 'change';
  /** Ordinal, among the finite pairs in ascending x, of the first point after the change, and its x. */
  readonly index: number;
  readonly x: number;
  readonly before: Line;
  readonly after: Line;
  /** BIC of one line minus BIC of two. */
  readonly bicGain: number;
  readonly n: number;
}

export interface NoChange {
  readonly kind: 'none';
  readonly line: Line;
  readonly bicGain: number;
  readonly n: number;
}

/**
 * The one best place to cut a series into two straight lines, in level or slope or both, and whether two
 * lines are worth it: where warm-up ends, for example.
 *
 * Every cut is tried with prefix sums, O(n) in all; the cut counts as a parameter of the second model
 * (Yao, "Estimating the Number of Change-Points via Schwarz' Criterion", Statistics & Probability Letters 6, 1988).
 * Residuals are taken for independent: a strongly correlated series yields cuts that mean nothing.
 *
 * Non-finite pairs are left out. `insufficient` below two segments' worth of points or when x does not vary.
 */
export function changePoint(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: ChangePointOptions = {},
): Change | NoChange | Insufficient {
  const pairs = sortPairs(finitePairs(x, y));
  const n = pairs.x.length;
  const segment = Math.max(Math.floor(options.minSegment ?? 5) || 0, 3);
  const { minBicGain = 10 } = options;
  const whole = leastSquares(pairs.x, pairs.y);
  if (n < 2 * segment || whole.kind === 'insufficient') return { kind: 'insufficient', n };
  const index = bestCut(pairs, segment);
  const before = leastSquares(pairs.x.subarray(0, index), pairs.y.subarray(0, index));
  const after = leastSquares(pairs.x.subarray(index), pairs.y.subarray(index));
  if (before.kind === 'insufficient' || after.kind === 'insufficient') {
    return { kind: 'none', line: lineOf(whole), bicGain: 0, n };
  }
  const split = before.residualSumOfSquares + after.residualSumOfSquares;
  const total = whole.totalSumOfSquares;
  const bicGain =
    bic(effectiveResiduals(whole.residualSumOfSquares, total), n, 3) -
    bic(effectiveResiduals(split, total), n, 6);
  if (!(bicGain > minBicGain)) return { kind: 'none', line: lineOf(whole), bicGain, n };
  return {
    kind: 'change',
    index,
    x: pairs.x[index]!,
    before: lineOf(before),
    after: lineOf(after),
    bicGain,
    n,
  };
}

function lineOf({ slope, intercept }: LeastSquares): Line {
  return { slope, intercept };
}

/** Sums over the first i points, about the overall means. */
interface PrefixSums {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  readonly yy: Float64Array;
}

function bestCut(pairs: Pairs, segment: number): number {
  const n = pairs.x.length;
  const sums = prefixSums(pairs);
  let best = segment;
  let least = Infinity;
  for (let cut = segment; cut <= n - segment; cut++) {
    const residuals = segmentResiduals(sums, 0, cut) + segmentResiduals(sums, cut, n);
    if (residuals >= least) continue;
    least = residuals;
    best = cut;
  }
  return best;
}

function prefixSums({ x, y }: Pairs): PrefixSums {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  const column = (term: (dx: number, dy: number) => number): Float64Array => {
    const sums = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) sums[i + 1] = sums[i]! + term(x[i]! - meanX, y[i]! - meanY);
    return sums;
  };
  return {
    x: column((dx) => dx),
    y: column((_, dy) => dy),
    xx: column((dx) => dx * dx),
    xy: column((dx, dy) => dx * dy),
    yy: column((_, dy) => dy * dy),
  };
}

/** Residual sum of squares of the line through points `from` to `to` − 1; ∞ where x does not vary. */
function segmentResiduals(sums: PrefixSums, from: number, to: number): number {
  const m = to - from;
  const sx = sums.x[to]! - sums.x[from]!;
  const sy = sums.y[to]! - sums.y[from]!;
  const sxx = sums.xx[to]! - sums.xx[from]! - (sx * sx) / m;
  const sxy = sums.xy[to]! - sums.xy[from]! - (sx * sy) / m;
  const syy = sums.yy[to]! - sums.yy[from]! - (sy * sy) / m;
  // Below this share of the whole, the spread of x is what rounding left of equal values.
  const rounding = sums.xx.at(-1)! * 1e-14;
  return sxx > rounding ? Math.max(syy - (sxy * sxy) / sxx, 0) : Infinity;
}
