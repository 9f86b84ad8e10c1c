import type { Estimate } from './poisson.js';

const NORMAL_95 = 1.96;

/**
 * The share of `trials` that succeeded, with its 95 % interval by Wilson's score: Journal of the American Statistical
 * Association 22 (1927). Useful from a handful of trials on, also where none or all succeeded.
 */
export function wilsonInterval(successes: number, trials: number): Estimate {
  if (!(trials > 0)) return { value: 0, low: 0, high: 1 };
  const value = Math.min(1, Math.max(0, successes / trials));
  const z2 = NORMAL_95 ** 2 / trials;
  const centre = (value + z2 / 2) / (1 + z2);
  const half = Math.sqrt(z2 * value * (1 - value) + z2 ** 2 / 4) / (1 + z2);
  return { value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
