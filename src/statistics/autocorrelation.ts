import { finiteValues, type Insufficient } from './finite.js';

export interface Autocorrelation {
  readonly kind: 'autocorrelation';
  /** r₀ = 1, r₁, … up to the lag asked for, or n − 1 if that is less. */
  readonly values: Float64Array;
  readonly n: number;
}

/**
 * The sample autocorrelation of `y` at lags 0 to `maxLag`; non-finite values are left out.
 *
 * The usual estimator with divisor n, which keeps the sequence positive definite (Box & Jenkins, "Time Series
 * Analysis", §2.1.6). It is biased towards zero and below: over all lags it sums to −½ whatever the series
 * is, so remove a trend first and do not believe lags beyond n/4. A constant series correlates with nothing: 0.
 *
 * Needs two values. O(n · maxLag).
 */
export function autocorrelation(y: ArrayLike<number>, maxLag: number): Autocorrelation | Insufficient {
  const values = finiteValues(y);
  const n = values.length;
  if (n < 2) return { kind: 'insufficient', n };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map((value) => value - mean);
  const variance = dotAtLag(centred, 0);
  const lags = Math.min(Math.max(Math.floor(maxLag), 0) || 0, n - 1);
  const result = new Float64Array(lags + 1);
  result[0] = 1;
  for (let lag = 1; lag <= lags; lag++) result[lag] = variance > 0 ? dotAtLag(centred, lag) / variance : 0;
  return { kind: 'autocorrelation', values: result, n };
}

function dotAtLag(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum;
}
