import { ranks } from './ranks.js';

/**
 * Pearson's product-moment correlation of two columns of equal length, −1 to 1. Undefined with fewer than three pairs,
 * or when a column does not vary.
 *
 * Pearson, "Note on regression and inheritance in the case of two parents", Proc. R. Soc. London 58 (1895), 240–242;
 * computed from deviations from the means, in two passes, so that large and nearly equal values keep their digits.
 */
export function pearson(xs: ArrayLike<number>, ys: ArrayLike<number>): number | undefined {
  const count = Math.min(xs.length, ys.length);
  if (count < 3) return undefined;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < count; i++) {
    meanX += xs[i]! / count;
    meanY += ys[i]! / count;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const dx = xs[i]! - meanX;
    const dy = ys[i]! - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // Rounding of the mean leaves a constant column with a variance of a few units in the last place.
  if (!isSpread(xx, meanX, count) || !isSpread(yy, meanY, count)) return undefined;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

function isSpread(squares: number, mean: number, count: number): boolean {
  return Number.isFinite(squares) && Math.sqrt(squares / count) > 1e-12 * Math.abs(mean);
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of theirs. It asks only whether one
 * rises when the other does, whatever the shape. Undefined as {@link pearson}.
 *
 * Spearman, "The proof and measurement of association between two things", Am. J. Psychol. 15 (1904), 72–101.
 */
export function spearman(xs: ArrayLike<number>, ys: ArrayLike<number>): number | undefined {
  return pearson(ranks(xs), ranks(ys));
}
