import { risingSeconds, roseAfter } from '../horizon.js';
import { trendOf, type Trend } from '../trend.js';
import type { Growth, Window } from '../verdict.js';
import type { Evidence } from './rule.js';

export function windowOf({ run, requests }: Trend): Window {
  return { fromMs: run[0]!.atMs, toMs: run.at(-1)!.atMs, majorGcs: run.length, requests };
}

/** Fewer floors are needed whole. */
const LEAST_FLOORS = 9;
/** What a run begins with is where warm-up is, which is growth too, but none that goes on. */
const BEGINNING = 1 / 3;

/** How fast it grows now: the slope of a run of floors without its beginning. */
export function growthOf(trend: Trend): Growth {
  const { run, signal } = trend;
  const late =
    run.length < LEAST_FLOORS ? undefined : trendOf(run, Math.floor(BEGINNING * run.length), signal);
  const { perSecond, perRequest, requests } = late ?? trend;
  return {
    bytesPerSecond: perSecond,
    ...(perRequest !== undefined && requests > 0 && { bytesPerRequest: perRequest }),
  };
}

/** One minus the probability of chance, kept away from a certainty that no test can give. */
export function confidenceOf(trend: Trend): number {
  return Math.round(Math.min(0.99, Math.max(0.5, 1 - trend.p)) * 100) / 100;
}

/** A rise that may be called by its cause, or in `because` why it may not yet. */
export function outlasts(
  trend: Trend,
  {
    heap,
    external,
    thresholds,
    fillHorizonSeconds,
  }: Pick<Evidence, 'heap' | 'external' | 'thresholds' | 'fillHorizonSeconds'>,
): { readonly because?: string } {
  const seconds = risingSeconds(trend, thresholds);
  if (seconds < fillHorizonSeconds) {
    return {
      because: `it has risen for ${Math.round(seconds)} s; what only fills cannot be told from a leak before ${fillHorizonSeconds} s`,
    };
  }
  if (!roseAfter(trend, fillHorizonSeconds)) {
    return {
      because: `it has risen for ${Math.round(seconds)} s, and not yet beyond doubt after the first ${fillHorizonSeconds} s, in which something may have filled`,
    };
  }
  const load = [heap, external].find(({ steady }) => steady === trend)?.risesWith;
  return load === undefined
    ? {}
    : { because: `${load} rose all the while, and how much of the rise is theirs cannot be told` };
}
