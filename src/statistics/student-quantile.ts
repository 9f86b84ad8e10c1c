import { normalQuantile } from './normal-quantile.js';

/**
 * The quantile of Student's t distribution for 0 < `p` < 1, by the expansion in the normal quantile of Abramowitz &
 * Stegun 26.7.5. Within 1 % between p = 0.01 and 0.99 from four degrees of freedom on. `NaN` below one.
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  const n = degreesOfFreedom;
  if (!(n >= 1)) return NaN;
  const x = normalQuantile(p);
  const square = x * x;
  const g1 = (square + 1) / 4;
  const g2 = ((5 * square + 16) * square + 3) / 96;
  const g3 = (((3 * square + 19) * square + 17) * square - 15) / 384;
  const g4 = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160;
  return x * (1 + g1 / n + g2 / n ** 2 + g3 / n ** 3 + g4 / n ** 4);
}
