import type { FloorPoint } from './floor-series.js';
import { completedBetween } from './route-counts.js';
import { floorOf } from './trend.js';
import type { Signal } from './verdict.js';

/** What a floor may rise with: seconds, requests of any route, or requests of one route. */
export interface Cause {
  readonly kind: 'clock' | 'all' | 'route';
  /** Row of the route table, of a route. */
  readonly route?: number;
  /** Seconds or requests since the first floor, one for each floor. */
  readonly values: Float64Array;
}

export interface Design {
  /** Bytes above the first floor. */
  readonly floors: Float64Array;
  /** The clock, all requests, then every route with requests. */
  readonly causes: readonly Cause[];
}

/** Floors and what may have raised them; `undefined` when requests by route are not known at two floors at least. */
export function designOf(points: readonly FloorPoint[], signal: Signal): Design | undefined {
  const run = points.filter((point) => point.routeCounts !== undefined);
  const [first, last] = [run[0], run.at(-1)];
  if (first?.routeCounts === undefined || last?.routeCounts === undefined || run.length < 2) return undefined;
  const start = first.routeCounts;
  const causes: Cause[] = [
    { kind: 'clock', values: columnOf(run, (point) => (point.monotonicMs - first.monotonicMs) / 1000) },
    { kind: 'all', values: columnOf(run, (point) => point.requests - first.requests) },
  ];
  for (let route = 0; route < last.routeCounts.length; route += 1) {
    if (completedBetween(start, last.routeCounts, route) === 0) continue;
    const values = columnOf(run, (point) => completedBetween(start, point.routeCounts ?? start, route));
    causes.push({ kind: 'route', route, values });
  }
  const firstBytes = floorOf(first, signal);
  return { floors: columnOf(run, (point) => floorOf(point, signal) - firstBytes), causes };
}

function columnOf(points: readonly FloorPoint[], value: (point: FloorPoint) => number): Float64Array {
  const column = new Float64Array(points.length);
  for (let i = 0; i < column.length; i += 1) column[i] = value(points[i]!);
  return column;
}
