import { lagOneCorrelation } from '../../statistics/serial-correlation.js';

/** The correlation of fewer residuals cannot be estimated. */
const CORRELATED_ROWS = 12;
/** A random walk has 1; below it the first row keeps some weight. */
const MAX_CORRELATION = 0.98;

/**
 * Correlation of each residual with its neighbour, 0 to 0.98. Fitting `parameters` to `n` rows biases it by about
 * −(parameters + 3ρ)/n, which is corrected (Kendall, Biometrika 41, 1954, for the mean alone).
 */
export function neighbourCorrelation(residuals: Float64Array, parameters: number): number {
  const n = residuals.length;
  if (n < CORRELATED_ROWS) return 0;
  const raw = lagOneCorrelation(residuals);
  return Math.min(MAX_CORRELATION, Math.max(0, raw + (parameters + 3 * raw) / n));
}

/**
 * Makes rows with serially correlated errors independent: Prais and Winsten (1954). At 0 they stay levels, near 1 they
 * become increments. The initial level is fitted and removed, so that no intercept is needed.
 */
export function whiten(values: Float64Array, correlation: number): Float64Array {
  const n = values.length;
  const ofFirst = Math.sqrt(1 - correlation * correlation);
  const white = new Float64Array(n);
  const level = 1 - correlation;
  let weight = ofFirst * ofFirst;
  white[0] = ofFirst * values[0]!;
  let sum = ofFirst * white[0];
  for (let i = 1; i < n; i += 1) {
    white[i] = values[i]! - correlation * values[i - 1]!;
    sum += level * white[i]!;
    weight += level * level;
  }
  const mean = sum / weight;
  white[0]! -= mean * ofFirst;
  for (let i = 1; i < n; i += 1) white[i]! -= mean * level;
  return white;
}
