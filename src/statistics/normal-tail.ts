import { upperGamma } from './gamma.js';

/** P(Z > z) for a standard normal Z, through the incomplete gamma function, so that far tails keep their digits. */
export function normalUpperTail(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}
