import type { FloorPoint } from '../floors/floor-series.js';

/** One measure of the work in hand, at each floor. */
export interface Load {
  readonly measure: 'requests in flight' | 'open connections' | 'requests a second';
  readonly values: readonly number[];
  /** The least and the most of them. */
  readonly from: number;
  readonly to: number;
  /** Whether what it did can be told from what only ever rises, as the floor of a leak does. */
  readonly explains: boolean;
}

/** Load that moves by less, relative to its least, explains nothing. */
const LEAST_SWING = 1.5;
const LEAST_UNITS = 2;

type Measure = readonly [Load['measure'], (point: FloorPoint) => number | undefined, mustTurn: boolean];

const measures: readonly Measure[] = [
  // Requests that only ever add up may be those that are not answered, which is a leak and no excuse for one.
  ['requests in flight', ({ around }) => around?.inFlight, true],
  ['open connections', ({ around }) => around?.connections, false],
  // At the start every rate only rises.
  ['requests a second', ({ around }) => around?.requestsPerSecond, true],
];

/** The measures that were taken at every floor and moved. */
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
