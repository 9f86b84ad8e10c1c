import { finitePairs, type Insufficient } from './finite.js';

export interface Line {
  readonly slope: number;
  /** The y at x = 0. */
  readonly intercept: number;
}

export interface LeastSquares extends Line {
  readonly kind: 'line';
  readonly residualSumOfSquares: number;
  /** Σ(y − ȳ)². */
  readonly totalSumOfSquares: number;
  readonly n: number;
}

/**
 * The ordinary least-squares line through the finite pairs, computed about the means, so that epoch
 * milliseconds or gigabytes lose no digits. `insufficient` under two pairs or when all x are one.
 */
export function leastSquares(x: ArrayLike<number>, y: ArrayLike<number>): LeastSquares | Insufficient {
  const pairs = finitePairs(x, y);
  const n = pairs.x.length;
  if (n < 2) return { kind: 'insufficient', n };
  const meanX = pairs.x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = pairs.y.reduce((sum, value) => sum + value, 0) / n;
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < n; i++) {
    const dx = pairs.x[i]! - meanX;
    const dy = pairs.y[i]! - meanY;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  const slope = sxy / sxx;
  if (!(sxx > 0) || !Number.isFinite(slope)) return { kind: 'insufficient', n };
  return {
    kind: 'line',
    slope,
    intercept: meanY - slope * meanX,
    residualSumOfSquares: Math.max(syy - slope * sxy, 0),
    totalSumOfSquares: syy,
    n,
  };
}

/** Residual sum of squares of the line; infinite where there is no line. */
export function residualSquares(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const line = leastSquares(x, y);
  return line.kind === 'line' ? line.residualSumOfSquares : Number.POSITIVE_INFINITY;
}
