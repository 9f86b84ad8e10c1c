import type { Trend } from '../trend.js';
import { floorOf } from '../trend.js';
import type { FloorPoint } from '../floor-series.js';
import type { Growth, Window } from '../verdict.js';

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

/** Seconds for which the floor has been seen to rise: from the onset to the last point above all before it. */
export function risingSeconds(trend: Trend, points: readonly FloorPoint[]): number {
  const run = points.slice(trend.from);
  let highest = Number.NEGATIVE_INFINITY;
  let lastRise = run[0]!;
  for (const point of run) {
    const floor = floorOf(point, trend.signal);
    if (floor <= highest) continue;
    highest = floor;
    lastRise = point;
  }
  return (lastRise.monotonicMs - run[0]!.monotonicMs) / 1000;
}
