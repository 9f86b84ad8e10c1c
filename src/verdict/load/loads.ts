import type { FloorPoint } from '../floors/floor-series.js';

/** One measure of load, at each floor. */
export interface Load {
  readonly measure: 'requests in flight' | 'open connections' | 'requests a second';
  readonly values: readonly number[];
  /** The lowest and the highest of them. */
  readonly from: number;
  readonly to: number;
  /** Whether it also fell, so that it differs from a floor that only rises, as a leak's does. */
  readonly explains: boolean;
}

/** A load that changes by less than this factor of its minimum explains nothing. */
const LEAST_SWING = 1.5;
const LEAST_UNITS = 2;

type Measure = readonly [Load['measure'], (point: FloorPoint) => number | undefined, mustTurn: boolean];

const measures: readonly Measure[] = [
  // Requests in flight that only accumulate may never be answered, which is a leak itself.
  ['requests in flight', ({ around }) => around?.inFlight, true],
  ['open connections', ({ around }) => around?.connections, false],
  // After the start every rate only rises.
  ['requests a second', ({ around }) => around?.requestsPerSecond, true],
];

/** The measures known at every floor that changed. */
export function loadsOf(points: readonly FloorPoint[]): Load[] {
  return measures.flatMap(([measure, read, mustTurn]) => {
    const values = points.map(read);
    if (!values.every((one) => one !== undefined)) return [];
    const [from, to] = [Math.min(...values), Math.max(...values)];
    if (to < from * LEAST_SWING || to - from < LEAST_UNITS) return [];
    return [{ measure, values, from, to, explains: !mustTurn || turns(values, to - from) }];
  });
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
