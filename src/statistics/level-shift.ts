import { finitePairs, type Insufficient } from './finite.js';
import { leastSquares } from './least-squares.js';
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

/** Below this share of the total, what a model leaves is rounding and says nothing about which is better. */
const ROUNDING = 1e-6;
/** Values that differ by less of their size differ by rounding: the mean of equal fractions is not quite one of them. */
const FLAT = 1e-12;

/**
 * Whether one step from a level to another explains `y` better than a straight line does: a rise that happened once
 * against one that goes on. The place of the step counts as a parameter (Yao, "Estimating the Number of Change-Points
 * via Schwarz' Criterion", Statistics & Probability Letters 6, 1988). Pairs of one x stay together. O(n) by
 * prefix sums once x ascends; `insufficient` under four pairs, or when all x are one.
 */
export function levelShift(x: ArrayLike<number>, y: ArrayLike<number>): LevelShift | Insufficient {
  const pairs = sortPairs(finitePairs(x, y));
  const n = pairs.x.length;
  const line = leastSquares(pairs.x, pairs.y);
  if (n < 4 || line.kind === 'insufficient') return { kind: 'insufficient', n };
  const total = line.totalSumOfSquares;
  const sum = pairs.y.reduce((all, value) => all + value, 0);
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
  const least = ROUNDING * total;
  const ofStep = Math.max(total - best.between, least);
  const ofLine = Math.max(line.residualSumOfSquares, least);
  const isFlat = Math.sqrt(total / n) <= FLAT * Math.abs(sum / n);
  const bicGain = isFlat ? 0 : n * Math.log(ofLine / ofStep) - Math.log(n);
  const { index, before, after } = best;
  return { kind: 'comparison', index, before, after, bicGain, n };
}
