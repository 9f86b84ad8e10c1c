import type { Trend } from '../trend.js';
import type { FloorPoint } from '../floor-series.js';
import { risenUntil } from '../stall.js';
import type { Thresholds } from '../thresholds.js';
import type { Growth, Window } from '../verdict.js';
import type { Evidence } from './rule.js';

export function windowOf(trend: Trend, points: readonly FloorPoint[]): Window {
  return {
    fromMs: points[trend.from]!.atMs,
    toMs: points.at(-1)!.atMs,
    majorGcs: trend.points,
    requests: trend.requests,
  };
}

export function growthOf(trend: Trend): Growth {
  return {
    bytesPerSecond: trend.perSecond,
    ...(trend.perRequest !== undefined && trend.requests > 0 && { bytesPerRequest: trend.perRequest }),
  };
}

/** One minus the probability of chance, kept away from a certainty that no test can give. */
export function confidenceOf(trend: Trend): number {
  return Math.round(Math.min(0.99, Math.max(0.5, 1 - trend.p)) * 100) / 100;
}

/** Seconds for which the floor has been seen to rise: from the onset to the last floor that still kept up with it. */
export function risingSeconds(trend: Trend, points: readonly FloorPoint[], thresholds: Thresholds): number {
  const until = risenUntil(trend, points, thresholds.stallPace);
  return (until.monotonicMs - points[trend.from]!.monotonicMs) / 1000;
}

/** A rise that may be called by its cause, or in `because` why it may not yet. */
export function outlasts(
  trend: Trend,
  { points, thresholds, fillHorizonSeconds }: Evidence,
): { readonly because?: string } {
  const seconds = risingSeconds(trend, points, thresholds);
  if (seconds >= fillHorizonSeconds) return {};
  return {
    because: `it has risen for ${Math.round(seconds)} s; what only fills cannot be told from a leak before ${fillHorizonSeconds} s`,
  };
}
