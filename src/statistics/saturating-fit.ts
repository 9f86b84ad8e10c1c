import type { Pairs } from './finite.js';
import { effectiveResiduals } from './information-criterion.js';
import { leastSquares, type LeastSquares } from './least-squares.js';

/** The best start (`intercept`) and amplitude (`slope`) of y = a + b·(1 − e^(−t/τ)) for one τ. */
export interface ProfilePoint extends LeastSquares {
  readonly tau: number;
}

export interface SaturatingFit {
  readonly best: ProfilePoint;
  /** The ends of the 95 % profile-likelihood interval of τ. */
  readonly shortest: ProfilePoint;
  readonly longest: ProfilePoint;
  /** True when the interval runs past the longest τ that was tried. */
  readonly openEnded: boolean;
}

/** τ from 1/50 of the span, but not below twice the spacing, to 20 spans, where the bend over the span is 2.5 %. */
const GRID = 64;
const SHORTEST_TAU = 1 / 50;
const LONGEST_TAU = 20;
/** χ² with one degree of freedom at 95 %. */
const PROFILE_DROP = 3.841458820694124;
/** Halvings of a grid step of 11 %, or golden cuts of two: both end within 1e-5 of τ. */
const HALVINGS = 14;
const GOLDEN_CUTS = 24;

/**
 * Fits saturating growth to points that ascend from x = 0. For one τ the other two parameters have a closed form (the
 * separable least squares of Golub & Pereyra, SIAM Journal on Numerical Analysis 10, 1973), which leaves a
 * profile likelihood over τ: a logarithmic grid, refined by golden section; the interval ends where the
 * likelihood ratio passes χ²₀.₉₅(1).
 *
 * @param line the straight line through the same points, whose sums it shares.
 */
export function fitSaturating(points: Pairs, line: LeastSquares): SaturatingFit {
  const count = points.x.length;
  const span = points.x[count - 1]!;
  const shortestTau = span * Math.max(SHORTEST_TAU, 2 / count);
  const ratio = ((span * LONGEST_TAU) / shortestTau) ** (1 / (GRID - 1));
  const profile = (tau: number): ProfilePoint => profileAt(points, line, tau);
  const grid = Array.from({ length: GRID }, (_, i) => profile(shortestTau * ratio ** i));
  const best = refine(profile, grid);
  const floor = effectiveResiduals(best.residualSumOfSquares, line.totalSumOfSquares);
  const isAllowed = ({ residualSumOfSquares }: ProfilePoint): boolean =>
    count * Math.log(effectiveResiduals(residualSumOfSquares, line.totalSumOfSquares) / floor) <=
    PROFILE_DROP;
  const below = grid.filter(({ tau }) => tau < best.tau).reverse();
  const above = grid.filter(({ tau }) => tau > best.tau);
  const shortest = furthestAllowed(profile, best, below, isAllowed);
  const longest = furthestAllowed(profile, best, above, isAllowed);
  return { best, shortest, longest, openEnded: isAllowed(grid[GRID - 1]!) };
}

function profileAt({ x, y }: Pairs, line: LeastSquares, tau: number): ProfilePoint {
  const risen = x.map((elapsed) => -Math.expm1(-elapsed / tau));
  const fit = leastSquares(risen, y);
  return fit.kind === 'line' ? { ...fit, tau } : { ...line, tau };
}

/** Golden-section search for the least residuals between the neighbours of the best grid point. */
function refine(profile: (tau: number) => ProfilePoint, grid: readonly ProfilePoint[]): ProfilePoint {
  let best = 0;
  for (const [i, { residualSumOfSquares }] of grid.entries()) {
    if (residualSumOfSquares < grid[best]!.residualSumOfSquares) best = i;
  }
  let low = Math.log(grid[Math.max(best - 1, 0)]!.tau);
  let high = Math.log(grid[Math.min(best + 1, grid.length - 1)]!.tau);
  const golden = (Math.sqrt(5) - 1) / 2;
  let left = profile(Math.exp(high - golden * (high - low)));
  let right = profile(Math.exp(low + golden * (high - low)));
  for (let cut = 0; cut < GOLDEN_CUTS; cut++) {
    if (left.residualSumOfSquares <= right.residualSumOfSquares) {
      high = Math.log(right.tau);
      right = left;
      left = profile(Math.exp(high - golden * (high - low)));
    } else {
      low = Math.log(left.tau);
      left = right;
      right = profile(Math.exp(low + golden * (high - low)));
    }
  }
  const refined = left.residualSumOfSquares <= right.residualSumOfSquares ? left : right;
  return refined.residualSumOfSquares <= grid[best]!.residualSumOfSquares ? refined : grid[best]!;
}

/** The allowed τ furthest out among `outward`, and then as far towards the next as it stays allowed. */
function furthestAllowed(
  profile: (tau: number) => ProfilePoint,
  best: ProfilePoint,
  outward: readonly ProfilePoint[],
  isAllowed: (point: ProfilePoint) => boolean,
): ProfilePoint {
  const last = outward.findLastIndex(isAllowed);
  let inside = outward[last] ?? best;
  let outside = outward[last + 1];
  for (let step = 0; outside !== undefined && step < HALVINGS; step++) {
    const middle = profile(Math.sqrt(inside.tau * outside.tau));
    if (isAllowed(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
