import { leastSquares } from '../../statistics/least-squares.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { loadsOf, type Load } from './loads.js';

/** How well the load of the moment, and nothing else, explains the floors. */
export interface LoadFit extends Pick<Load, 'measure' | 'from' | 'to'> {
  readonly bytesPerUnit: number;
  /** Share of the variance explained, 0 to 1. */
  readonly r2: number;
  /** Between the least and the most load. */
  readonly swingBytes: number;
}

/** Fewer floors correlate with anything. */
const LEAST_POINTS = 6;
/** A verdict rests on more than a request here and there. */
const LEAST_UNITS = 5;

/** The measure of load, or that one, that explains the floors best, if any moved enough to explain something. */
export function fitLoad(points: readonly FloorPoint[], only?: Load['measure']): LoadFit | undefined {
  if (points.length < LEAST_POINTS) return undefined;
  const floors = points.map((point) => point.heapBytes + point.externalBytes);
  const fits = loadsOf(points).flatMap(({ measure, values, from, to, explains }) => {
    if (!explains || to - from < LEAST_UNITS || (only ?? measure) !== measure) return [];
    const line = leastSquares(values, floors);
    if (line.kind !== 'line' || line.slope <= 0 || line.totalSumOfSquares === 0) return [];
    return [
      {
        measure,
        from,
        to,
        bytesPerUnit: line.slope,
        r2: 1 - line.residualSumOfSquares / line.totalSumOfSquares,
        swingBytes: line.slope * (to - from),
      },
    ];
  });
  return fits.toSorted((a, b) => b.r2 - a.r2)[0];
}
