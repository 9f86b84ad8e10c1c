import { finiteValues, type Insufficient } from './finite.js';

/**
 * The lag-one autocorrelation of the finite values of `y`; 0 for a constant series, `NaN` under two values.
 *
 * The usual estimator with divisor n (Box & Jenkins, "Time Series Analysis", §2.1.6). It is biased towards zero and
 * below, so remove a trend first.
 */
export function lagOneCorrelation(y: ArrayLike<number>): number {
  const values = finiteValues(y);
  if (values.length < 2) return NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const variance = productSum(centred, 0);
  return variance > 0 ? productSum(centred, 1) / variance : 0;
}

function productSum(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum;
}

export interface EffectiveSampleSize {
  readonly kind: 'effective';
  /** How many independent values would fix the mean as well: between 1 and `n`. */
  readonly effective: number;
  /** Lag-one autocorrelation, corrected for its bias and limited to 0 … 0.99. */
  readonly rho: number;
  readonly n: number;
}

/** A lag-one correlation of nearly one makes the formula blow up, and no short series can tell it from one. */
const MAX_RHO = 0.99;

/**
 * How many independent observations the residuals of a line are worth, taking them for an AR(1) process:
 * n / (1 + 2 Σ (1 − k/n) ρᵏ), whose limit is the familiar n(1 − ρ)/(1 + ρ).
 * Bayley & Hammersley, Supplement to the Journal of the Royal Statistical Society 8 (1946).
 *
 * ρ is the lag-one autocorrelation less its first-order bias, −(2 + 5ρ)/n about a line (van Giersbergen, Economics
 * Letters 89, 2005). Negative ρ counts as 0: an estimate that promises more than n values is not to be believed.
 * Needs six values.
 */
export function effectiveSampleSize(residuals: ArrayLike<number>): EffectiveSampleSize | Insufficient {
  const values = finiteValues(residuals);
  const n = values.length;
  if (n < 6) return { kind: 'insufficient', n };
  const r1 = lagOneCorrelation(values);
  const corrected = r1 === 0 ? 0 : (n * r1 + 2) / (n - 5);
  const rho = Math.min(Math.max(corrected, 0), MAX_RHO);
  // Σₖ₌₁ⁿ⁻¹ (1 − k/n) ρᵏ in closed form.
  const sum = rho / (1 - rho) - (rho * (1 - rho ** n)) / (n * (1 - rho) ** 2);
  return { kind: 'effective', effective: Math.min(Math.max(n / (1 + 2 * sum), 1), n), rho, n };
}
