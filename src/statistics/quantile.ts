import { finiteValues } from './finite.js';

/**
 * The sample quantile of the finite `values` at `q` (0 to 1, clamped); `NaN` for none. Does not change its
 * argument.
 *
 * Type 7 of Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996):
 * linear between the order statistics around `(n − 1)q`, which is what R and NumPy do by default.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(finiteValues(values).sort(), q);
}

/** {@link quantile} of values that are already finite and ascending; allocates nothing. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0 || Number.isNaN(q)) return NaN;
  const position = Math.min(Math.max(q, 0), 1) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

/** The median of `values`; `NaN` for none. Does not change its argument. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}
