import { finitePairs, type Insufficient } from './finite.js';
import { leastSquares, type LeastSquares } from './least-squares.js';
import { sortPairs } from './thin.js';

export interface LevelShift {
  readonly kind: 'comparison';
  /** Index, among the finite pairs in ascending order of x, of the first value of the second level. */
  readonly index: number;
  readonly before: number;
  readonly after: number;
  /** BIC of the straight line minus BIC of the one step: above 0 the step explains the values better. */
  readonly bicGain: number;
  readonly n: number;
}

/** Residuals below this share of the total are rounding errors and do not distinguish the models. */
const ROUNDING = 1e-6;
/** Values that differ relatively by less are equal but for rounding. */
const FLAT = 1e-12;

/**
 * Whether one step from a level to another explains `y` better than a straight line: a single rise against continuing
 * growth. The position of the step counts as a parameter (Yao, "Estimating the Number of Change-Points
 * via Schwarz' Criterion", Statistics & Probability Letters 6, 1988). Pairs of one x stay together. O(n) by
 * prefix sums once x ascends; `insufficient` under four pairs, or when all x are one.
 */
export function levelShift(x: ArrayLike<number>, y: ArrayLike<number>): LevelShift | Insufficient {
  const pairs = sortPairs(finitePairs(x, y));
  const n = pairs.x.length;
  const line = leastSquares(pairs.x, pairs.y);
  if (n < 4 || line.kind === 'insufficient') return { kind: 'insufficient', n };
  const sum = sumOf(pairs.y);
  let best = { index: 1, between: -1, before: 0, after: 0 };
  let head = 0;
  for (let index = 1; index < n; index += 1) {
    head += pairs.y[index - 1]!;
    if (pairs.x[index - 1] === pairs.x[index]) continue;
    const before = head / index;
    const after = (sum - head) / (n - index);
    const between = (index * (n - index) * (after - before) ** 2) / n;
    if (between > best.between) best = { index, between, before, after };
  }
  const { index, before, after } = best;
  return { kind: 'comparison', index, before, after, bicGain: bicGain(line, sum / n, best.between, 1), n };
}

export interface TwoLevelShifts {
  readonly kind: 'comparison';
  /** First and last of the three levels. */
  readonly before: number;
  readonly after: number;
  /** As that of {@link LevelShift}. */
  readonly bicGain: number;
  readonly n: number;
}

/** Fewer values are outliers, not a level. */
const LEAST_LEVEL = 2;

/**
 * As {@link levelShift}, for two steps: one more level and position, two more parameters. O(n²); `insufficient`
 * under six pairs, or when all x are one.
 */
export function twoLevelShifts(x: ArrayLike<number>, y: ArrayLike<number>): TwoLevelShifts | Insufficient {
  const pairs = sortPairs(finitePairs(x, y));
  const n = pairs.x.length;
  const line = leastSquares(pairs.x, pairs.y);
  if (n < 3 * LEAST_LEVEL || line.kind === 'insufficient') return { kind: 'insufficient', n };
  const mean = sumOf(pairs.y) / n;
  const sums = new Float64Array(n + 1);
  for (const [i, value] of pairs.y.entries()) sums[i + 1] = sums[i]! + value - mean;
  const between = (from: number, to: number): number => (sums[to]! - sums[from]!) ** 2 / (to - from);
  let best = { first: LEAST_LEVEL, second: 2 * LEAST_LEVEL, between: -1 };
  for (let first = LEAST_LEVEL; first <= n - 2 * LEAST_LEVEL; first += 1) {
    if (pairs.x[first - 1] === pairs.x[first]) continue;
    for (let second = first + LEAST_LEVEL; second <= n - LEAST_LEVEL; second += 1) {
      if (pairs.x[second - 1] === pairs.x[second]) continue;
      const squares = between(0, first) + between(first, second) + between(second, n);
      if (squares > best.between) best = { first, second, between: squares };
    }
  }
  return {
    kind: 'comparison',
    before: mean + sums[best.first]! / best.first,
    after: mean + (sums[n]! - sums[best.second]!) / (n - best.second),
    bicGain: bicGain(line, mean, best.between, 3),
    n,
  };
}

/** BIC of the line minus BIC of the levels, which explain `between` of the squares with `parameters` more. */
function bicGain(
  { totalSumOfSquares, residualSumOfSquares, n }: LeastSquares,
  mean: number,
  between: number,
  parameters: number,
): number {
  if (Math.sqrt(totalSumOfSquares / n) <= FLAT * Math.abs(mean)) return 0;
  const least = ROUNDING * totalSumOfSquares;
  const ofLevels = Math.max(totalSumOfSquares - between, least);
  return n * Math.log(Math.max(residualSumOfSquares, least) / ofLevels) - parameters * Math.log(n);
}

const sumOf = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
