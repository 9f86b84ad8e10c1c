/**
 * Residual sums of squares below this share of the total are rounding, not fit: without a floor the logarithm
 * of a perfect fit would be −∞ and rounding would choose between two models that both fit perfectly.
 */
const ROUNDING_SHARE = 1e-12;
/** For a series that does not vary at all: above 0 also after division by any n. */
const LEAST = 1e-200;

/** The residual sum of squares to compare models with: at least the rounding of a series that varies by `total`. */
export function effectiveResiduals(residualSumOfSquares: number, total: number): number {
  return Math.max(residualSumOfSquares, total * ROUNDING_SHARE, LEAST);
}

/**
 * Akaike's criterion with the small-sample term for a least-squares fit of `parameters` parameters (the error
 * variance is one of them): n ln(RSS/n) + 2k + 2k(k + 1)/(n − k − 1). Hurvich & Tsai, Biometrika 76 (1989).
 * Infinite where n is too small for k.
 */
export function aicc(residualSumOfSquares: number, n: number, parameters: number): number {
  const spare = n - parameters - 1;
  if (spare <= 0) return Infinity;
  const penalty = 2 * parameters + (2 * parameters * (parameters + 1)) / spare;
  return n * Math.log(residualSumOfSquares / n) + penalty;
}

/** The Bayesian criterion of a least-squares fit: n ln(RSS/n) + k ln n. Schwarz, Annals of Statistics 6 (1978). */
export function bic(residualSumOfSquares: number, n: number, parameters: number): number {
  return n * Math.log(residualSumOfSquares / n) + parameters * Math.log(n);
}
