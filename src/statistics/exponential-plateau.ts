import { finitePairs, type Insufficient } from './finite.js';
import { aicc, effectiveResiduals } from './information-criterion.js';
import { leastSquares } from './least-squares.js';
import { fitSaturating, type SaturatingFit } from './saturating-fit.js';
import { thinPairs } from './thin.js';

export interface LinearGrowth {
  readonly slope: number;
  /** At the first t. */
  readonly start: number;
  readonly residualSumOfSquares: number;
  readonly aicc: number;
}

export interface SaturatingGrowth {
  /** y = start + amplitude · (1 − e^(−(t − t₀)/tau)), t₀ the first t. */
  readonly start: number;
  readonly amplitude: number;
  readonly tau: number;
  readonly residualSumOfSquares: number;
  readonly aicc: number;
  /** start + amplitude: where it ends. */
  readonly plateau: number;
  /** Plateau minus the fitted value at the last t, with its 95 % profile-likelihood interval. */
  readonly remaining: { readonly value: number; readonly low: number; readonly high: number };
  /**
   * True when the likelihood still allows the longest tau that was tried: from these points nobody can say
   * where it ends, and `remaining.high` is a lower bound.
   */
  readonly openEnded: boolean;
}

export interface PlateauComparison {
  readonly kind: 'comparison';
  readonly linear: LinearGrowth;
  readonly saturating: SaturatingGrowth;
  /** Akaike weight of saturating growth against linear: 0 to 1, above ½ when it explains the points better. */
  readonly saturatingWeight: number;
  readonly n: number;
}

/** AICc of four parameters needs six points to exist; below eight it decides by its penalty alone. */
const MIN_POINTS = 8;
const MAX_POINTS = 256;

/**
 * Compares steady growth y = a + s·t with saturating growth y = a + b·(1 − e^(−t/τ)), least squares both: does
 * something leak, or fill? The models are compared by AICc (Burnham & Anderson, "Model Selection and Multimodel
 * Inference", 2002, §2.9), which takes the residuals for independent.
 *
 * Non-finite pairs are left out, more than 256 are thinned to block medians. `insufficient` under eight points or
 * when all t are one. An amplitude below 0 is a fall to a floor: look at its sign.
 */
export function comparePlateau(t: ArrayLike<number>, y: ArrayLike<number>): PlateauComparison | Insufficient {
  const pairs = finitePairs(t, y);
  const n = pairs.x.length;
  if (n < MIN_POINTS) return { kind: 'insufficient', n };
  const points = thinPairs(pairs, MAX_POINTS);
  const elapsed = points.x.map((value) => value - points.x[0]!);
  const line = leastSquares(elapsed, points.y);
  if (line.kind === 'insufficient') return { kind: 'insufficient', n };
  const criterion = (residuals: number, parameters: number): number =>
    aicc(effectiveResiduals(residuals, line.totalSumOfSquares), points.x.length, parameters);
  const fit = fitSaturating({ x: elapsed, y: points.y }, line);
  const linear = {
    slope: line.slope,
    start: line.intercept,
    residualSumOfSquares: line.residualSumOfSquares,
    aicc: criterion(line.residualSumOfSquares, 3),
  };
  const saturating = describe(fit, elapsed.at(-1)!, criterion(fit.best.residualSumOfSquares, 4));
  const saturatingWeight = 1 / (1 + Math.exp((saturating.aicc - linear.aicc) / 2));
  return { kind: 'comparison', linear, saturating, saturatingWeight, n };
}

function describe(fit: SaturatingFit, span: number, criterion: number): SaturatingGrowth {
  const { best, shortest, longest, openEnded } = fit;
  const remaining = [best, shortest, longest].map(({ tau, slope }) => slope * Math.exp(-span / tau));
  return {
    start: best.intercept,
    amplitude: best.slope,
    tau: best.tau,
    residualSumOfSquares: best.residualSumOfSquares,
    aicc: criterion,
    plateau: best.intercept + best.slope,
    remaining: { value: remaining[0]!, low: Math.min(...remaining), high: Math.max(...remaining) },
    openEnded,
  };
}
