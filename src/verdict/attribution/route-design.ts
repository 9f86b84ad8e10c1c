import type { Columns } from './columns.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { completedBetween } from '../floors/route-counts.js';
import { floorOf } from '../floors/floor.js';
import type { Signal } from '../verdict.js';

/** What a floor may rise with: time, all requests, or the requests of one route. */
export interface Cause {
  readonly kind: 'clock' | 'all' | 'route';
  /** Row of the route table; only for a route. */
  readonly route?: number;
  /** Seconds or requests since the first floor, at each floor. */
  readonly values: Float64Array;
}

export interface Design {
  /** Bytes above the first floor. */
  readonly floors: Float64Array;
  /** The clock, all requests, then every route with requests. */
  readonly causes: readonly Cause[];
}

/** Seconds or requests of a cause over all floors. */
export const spanOf = (cause: Cause): number => cause.values.at(-1)!;

/** Floors and what may have raised them; `undefined` unless at least two floors have requests by route. */
export function designOf(points: readonly FloorPoint[], signal: Signal): Design | undefined {
  const counted = points.filter(
    (point) => point.routeCounts !== undefined && Number.isFinite(floorOf(point, signal)),
  );
  // The native remainder is the minimum since the floor before: while it rises, the value at that floor.
  const lag = signal === 'native-remainder' ? 1 : 0;
  const run = counted.slice(0, counted.length - lag);
  const left = counted.slice(lag);
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
  const firstBytes = floorOf(left[0]!, signal);
  return { floors: columnOf(left, (point) => floorOf(point, signal) - firstBytes), causes };
}

/**
 * Without the floors that a later one is below: what was freed by then was not retained, such as buffers whose memory is
 * returned only after the collection that freed them.
 */
export function settled({ floors, causes }: Design): Design {
  let lowest = Infinity;
  const rows = Array.from(floors.keys())
    .toReversed()
    .filter((row) => {
      const stays = floors[row]! <= lowest;
      lowest = Math.min(lowest, floors[row]!);
      return stays;
    });
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(rows.toReversed(), (row) => values[row]!);
  return { floors: pick(floors), causes: causes.map((cause) => ({ ...cause, values: pick(cause.values) })) };
}

/** From each floor to the next, in the order of the causes. */
export function incrementsOf({ floors, causes }: Design): Columns {
  return { right: differences(floors), columns: causes.map(({ values }) => differences(values)) };
}

const differences = (values: Float64Array): Float64Array =>
  values.subarray(1).map((value, i) => value - values[i]!);

function columnOf(points: readonly FloorPoint[], value: (point: FloorPoint) => number): Float64Array {
  const column = new Float64Array(points.length);
  for (let i = 0; i < column.length; i += 1) column[i] = value(points[i]!);
  return column;
}
