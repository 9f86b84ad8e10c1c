import { risingSeconds, roseAfter } from '../horizon.js';
import { trendOf, type Trend } from '../trend.js';
import type { Growth, Window } from '../verdict.js';
import type { Evidence } from './rule.js';

export function windowOf({ run, requests }: Trend): Window {
  return { fromMs: run[0]!.atMs, toMs: run.at(-1)!.atMs, majorGcs: run.length, requests };
}

/** Of fewer floors all are needed. */
const LEAST_FLOORS = 9;
/** A run begins with warm-up, growth that does not continue. */
const BEGINNING = 1 / 3;

/** How fast it grows now: the slope of the run without its beginning. */
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

/** One minus the probability of chance, at most 0.99: no test gives certainty. */
export function confidenceOf(trend: Trend): number {
  return Math.round(Math.min(0.99, Math.max(0.5, 1 - trend.p)) * 100) / 100;
}

/** Whether a rise has lasted long enough to be called a leak; `because` says why not yet. */
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
      because: `memory has risen for ${Math.round(seconds)} s; a cache that fills looks like a leak until ${fillHorizonSeconds} s`,
    };
  }
  if (!roseAfter(trend, fillHorizonSeconds)) {
    return {
      because: `memory has risen for ${Math.round(seconds)} s, but a rise after the first ${fillHorizonSeconds} s is not yet certain; a cache may have filled until then`,
    };
  }
  const load = [heap, external].find(({ steady }) => steady === trend)?.risesWith;
  return load === undefined ? {} : { because: `${load} rose at the same time and may explain the growth` };
}
