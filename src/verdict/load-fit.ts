import { leastSquares } from '../statistics/least-squares.js';
import type { FloorPoint } from './floor-series.js';

/** How well the load of the moment explains the floors. */
export interface LoadFit {
  readonly measure: 'requests in flight' | 'open connections' | 'requests a second';
  /** Of the load, at the least and at the most. */
  readonly from: number;
  readonly to: number;
  readonly bytesPerUnit: number;
  /** Share of the variance explained, 0 to 1. */
  readonly r2: number;
  /** Squares left over those that a line through time, or through requests, leaves: below 1 the load explains more. */
  readonly advantage: number;
  /** What the load does not explain of each floor. */
  readonly residuals: readonly number[];
  /** Between the least and the most load. */
  readonly swingBytes: number;
}

/** Fewer floors correlate with anything. */
const LEAST_POINTS = 6;
/** Load that moves by less, relative to its least, explains nothing. */
const LEAST_SWING = 1.5;
const LEAST_UNITS = 5;

type Measure = readonly [LoadFit['measure'], (point: FloorPoint) => number | undefined, mustTurn: boolean];

const measures: readonly Measure[] = [
  ['requests in flight', ({ around }) => around?.inFlight, false],
  ['open connections', ({ around }) => around?.sockets, false],
  // At the start every rate only rises, as the floor of a leak does.
  ['requests a second', ({ around }) => around?.requestsPerSecond, true],
];

/** The measure of load that explains the floors best, if any moved enough to explain something. */
export function fitLoad(points: readonly FloorPoint[]): LoadFit | undefined {
  if (points.length < LEAST_POINTS) return undefined;
  const floors = points.map((point) => point.heapBytes + point.externalBytes);
  const otherwise = Math.min(
    squaresLeft(
      points.map(({ monotonicMs }) => monotonicMs),
      floors,
    ),
    squaresLeft(
      points.map(({ requests }) => requests),
      floors,
    ),
  );
  const fits = measures.flatMap(([measure, read, mustTurn]) => {
    const load = points.map(read);
    if (!load.every((one) => one !== undefined)) return [];
    const [from, to] = [Math.min(...load), Math.max(...load)];
    if (to < from * LEAST_SWING || to - from < LEAST_UNITS || (mustTurn && !turns(load, to - from)))
      return [];
    const line = leastSquares(load, floors);
    if (line.kind !== 'line' || line.slope <= 0 || line.totalSumOfSquares === 0) return [];
    return [
      {
        measure,
        from,
        to,
        bytesPerUnit: line.slope,
        r2: 1 - line.residualSumOfSquares / line.totalSumOfSquares,
        advantage: otherwise === 0 ? Number.POSITIVE_INFINITY : line.residualSumOfSquares / otherwise,
        residuals: floors.map((floor, i) => floor - line.slope * load[i]!),
        swingBytes: line.slope * (to - from),
      },
    ];
  });
  return fits.toSorted((a, b) => b.r2 - a.r2)[0];
}

function squaresLeft(x: readonly number[], y: readonly number[]): number {
  const line = leastSquares(x, y);
  return line.kind === 'line' ? line.residualSumOfSquares : Number.POSITIVE_INFINITY;
}

/** Whether the load fell, by a third of its range, after it had risen as much. */
function turns(load: readonly number[], range: number): boolean {
  const least = range / 3;
  let low = load[0]!;
  let high: number | undefined;
  for (const one of load) {
    low = Math.min(low, one);
    if (one - low >= least) high = Math.max(high ?? one, one);
    if (high !== undefined && high - one >= least) return true;
  }
  return false;
}
