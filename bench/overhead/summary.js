import { shiftOf } from '../lib/signed-rank.js';
import { median } from '../lib/statistics.js';

/** What an interval must cover to be one: four rounds give 87 %, six 95 %. */
const LEAST_COVERAGE = 0.85;

/**
 * What a case adds to its baseline. Pairs are of the same round, measured under the same conditions.
 * @param {readonly number[]} values By round.
 * @param {readonly number[]} baseline The same for the baseline.
 */
export function addedTo(values, baseline) {
  const { estimate, low, high, coverage } = shiftOf(values.map((value, i) => value - (baseline[i] ?? NaN)));
  const base = median(baseline);
  return {
    value: median(values),
    added: estimate,
    low,
    high,
    coverage,
    ratio: 1 + estimate / base,
    ratioLow: 1 + low / base,
    ratioHigh: 1 + high / base,
    hasInterval: coverage >= LEAST_COVERAGE,
    /** Whether the interval leaves 0 out. */
    isResolved: coverage >= LEAST_COVERAGE && (low > 0 || high < 0),
  };
}

/** @typedef {ReturnType<typeof addedTo>} Added */

/** @param {number} value @param {number} digits */
const signed = (value, digits) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** A difference as it is printed: one that its interval swallows is none. @param {Added} added */
export function addedText({ added, low, high, hasInterval, isResolved }) {
  if (!hasInterval) return 'too few rounds to tell';
  if (isResolved) return `${signed(added, 2)} (${signed(low, 2)} … ${signed(high, 2)})`;
  return `below what this run resolves (± ${Math.max(added - low, high - added).toFixed(2)})`;
}

/** @param {Added} added */
export function ratioText({ ratio, ratioLow, ratioHigh, isResolved }) {
  return isResolved ? `${ratio.toFixed(3)} (${ratioLow.toFixed(3)} … ${ratioHigh.toFixed(3)})` : '';
}

/**
 * Whether a target is met.
 * @param {Added} measured
 * @param {{ added: number } | { ratio: number }} target At most.
 */
export function verdictOn(measured, target) {
  if (!measured.hasInterval) return 'too few rounds to tell';
  const [value, low, high, most] =
    'added' in target
      ? [measured.added, measured.low, measured.high, target.added]
      : [measured.ratio, measured.ratioLow, measured.ratioHigh, target.ratio];
  if (high <= most) return 'met';
  if (low > most) return 'missed';
  return value <= most
    ? 'met by the estimate, not by its interval'
    : 'missed by the estimate, not by its interval';
}

/** @param {readonly number[]} values @param {number} q */
export function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
