import { median } from '../statistics/quantile.js';
import type { FloorPoint } from './floors/floor-series.js';
import { floorOf } from './floors/floor.js';
import type { Trend } from './trend.js';

/** How far, in noises, a floor must lag behind its line to count: this is checked at every floor. */
const NOISES = 4;
/** Long runs compare medians of blocks: one floor for every 12 of the run, at most 5. */
const BLOCK = { floors: 12, most: 5 };

/**
 * The point up to which a run really rose: after it the floor grew at less than `stallPace` of the run's rate, beyond what
 * noise explains. The last point if it still rises.
 */
export function risenUntil(trend: Trend, stallPace: number): FloorPoint {
  const { run, signal, noiseBytes } = trend;
  const perRequest = trend.onRequests ? trend.perRequest?.value : undefined;
  const slope = perRequest ?? trend.perSecond.value;
  const xOf = (point: FloorPoint): number =>
    perRequest === undefined ? point.monotonicMs / 1000 : point.requests;
  const level = median(run.map((point) => floorOf(point, signal) - slope * xOf(point)));
  const size = Math.min(Math.max(1, Math.floor(run.length / BLOCK.floors)), BLOCK.most);
  const at = (from: number): { x: number; floor: number } => {
    const block = run.slice(from, from + size);
    return { x: median(block.map(xOf)), floor: median(block.map((point) => floorOf(point, signal))) };
  };
  const last = at(run.length - size);
  const stalled = run.find((_, i) => {
    if (i + size > run.length) return false;
    const { x, floor } = at(i);
    const expected = slope * (last.x - x);
    // A single floor far above the line does not mean that the later ones have stalled.
    const gained = last.floor - Math.min(floor, level + slope * x + noiseBytes);
    return gained < stallPace * expected && expected - gained > NOISES * noiseBytes;
  });
  return stalled ?? run.at(-1)!;
}
