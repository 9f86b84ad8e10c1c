import type { FloorPoint } from './floor-series.js';

/** An interval with fewer requests than this share of the mean one counts as idle. */
const IDLE_SHARE = 0.02;

/**
 * The floors between which requests were answered. A leak per request pauses with the traffic, and floors that stay level
 * meanwhile do not disprove it. Without any requests all floors are kept: a leak then goes by the clock.
 */
export function busyPoints(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const first = points[0];
  const requests = (points.at(-1)?.requests ?? 0) - (first?.requests ?? 0);
  if (first === undefined || requests <= 0) return points;
  const least = (IDLE_SHARE * requests) / (points.length - 1);
  let last = first;
  return points.filter((point) => {
    const isBusy = point === first || point.requests - last.requests >= least;
    if (isBusy) last = point;
    return isBusy;
  });
}
