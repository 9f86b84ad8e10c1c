import { autocorrelation } from './autocorrelation.js';
import type { Insufficient } from './finite.js';

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

export interface EffectiveSampleSizeOptions {
  /** Parameters fitted to get the residuals: 1, a mean (the default), or 2, a line. Each biases ρ further down. */
  readonly fitted?: 1 | 2;
}

/**
 * How many independent observations a serially correlated series is worth, taking it for an AR(1) process:
 * n / (1 + 2 Σ (1 − k/n) ρᵏ), whose limit is the familiar n(1 − ρ)/(1 + ρ).
 * Bayley & Hammersley, Supplement to the Journal of the Royal Statistical Society 8 (1946).
 *
 * ρ is the lag-one autocorrelation less its first-order bias, −(1 + 4ρ)/n about a mean (Marriott & Pope, Biometrika
 * 41, 1954) and −(2 + 5ρ)/n about a line (van Giersbergen, Economics Letters 89, 2005). Negative ρ counts as 0:
 * an estimate that promises more than n values is not to be believed. A trend left in looks like correlation.
 * Needs six values.
 */
export function effectiveSampleSize(
  residuals: ArrayLike<number>,
  options: EffectiveSampleSizeOptions = {},
): EffectiveSampleSize | Insufficient {
  const { fitted = 1 } = options;
  const correlation = autocorrelation(residuals, 1);
  const { n } = correlation;
  if (correlation.kind === 'insufficient' || n < 6) return { kind: 'insufficient', n };
  const r1 = correlation.values[1]!;
  const corrected = r1 === 0 ? 0 : (n * r1 + fitted) / (n - 3 - fitted);
  const rho = Math.min(Math.max(corrected, 0), MAX_RHO);
  // Σₖ₌₁ⁿ⁻¹ (1 − k/n) ρᵏ in closed form.
  const sum = rho / (1 - rho) - (rho * (1 - rho ** n)) / (n * (1 - rho) ** 2);
  return { kind: 'effective', effective: Math.min(Math.max(n / (1 + 2 * sum), 1), n), rho, n };
}
