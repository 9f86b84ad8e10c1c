import { leastSquares } from '../../statistics/least-squares.js';
import { floorOf } from '../floors/floor.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { loadsOf, type Load } from './loads.js';

/** How well the load alone explains the floors. */
export interface LoadFit extends Pick<Load, 'measure' | 'from' | 'to'> {
  /** Share of the variance explained, 0 to 1. */
  readonly r2: number;
  /** Between the least and the most load. */
  readonly swingBytes: number;
}

/** Fewer floors correlate with anything by chance. */
const LEAST_POINTS = 6;
/** The load has to change by more than a request here and there. */
const LEAST_UNITS = 5;

/** How well one measure of load explains the floors, if it changed enough to explain anything. */
export function fitLoad(points: readonly FloorPoint[], measure: Load['measure']): LoadFit | undefined {
  if (points.length < LEAST_POINTS) return undefined;
  const load = loadsOf(points).find((one) => one.measure === measure);
  if (load === undefined || !load.explains || load.to - load.from < LEAST_UNITS) return undefined;
  const floors = points.map((point) => floorOf(point, 'heap-floor') + point.externalBytes);
  const line = leastSquares(load.values, floors);
  if (line.kind !== 'line' || line.slope <= 0 || line.totalSumOfSquares === 0) return undefined;
  return {
    measure,
    from: load.from,
    to: load.to,
    r2: 1 - line.residualSumOfSquares / line.totalSumOfSquares,
    swingBytes: line.slope * (load.to - load.from),
  };
}
