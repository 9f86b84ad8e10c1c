import type { RouteCounts } from './route-counts.js';
import type { Surroundings } from './surroundings.js';

/** Live memory just after one major GC. */
export interface FloorPoint {
  /** Wall clock, as it counts now. */
  readonly atMs: number;
  /** Monotonic clock without the time for which the process stood still; only for comparison with other floors. */
  readonly monotonicMs: number;
  readonly heapBytes: number;
  /** Machine code of the program, part of the heap, see `programCode`; absent where unknown. */
  readonly codeBytes?: number;
  readonly externalBytes: number;
  /** Everything but the young generation. */
  readonly tenuredBytes: number;
  /** Requests completed since the plugin started. */
  readonly requests: number;
  /** The same by route; absent where requests are not recorded. */
  readonly routeCounts?: RouteCounts;
  /** What V8 had committed for the heap after the collection. */
  readonly committedBytes: number;
  readonly around?: Surroundings;
}

/**
 * The floors over time, bounded: when full, every second point of the older half is dropped, so that the resolution
 * decreases with age.
 */
export interface FloorSeries {
  readonly points: readonly FloorPoint[];
  add(point: FloorPoint): void;
  /** Corrects the newest point. */
  replaceLast(point: FloorPoint): void;
  /** Moves all points by this many milliseconds, after the wall clock was set. */
  shift(byMs: number): void;
}

export function createFloorSeries(capacity = 96): FloorSeries {
  let points: FloorPoint[] = [];
  return {
    get points() {
      return points;
    },
    add(point) {
      points.push(point);
      if (points.length <= capacity) return;
      const half = points.length >> 1;
      points = points.filter((_, i) => i >= half || i % 2 === 0);
    },
    replaceLast(point) {
      points[points.length - 1] = point;
    },
    shift(byMs) {
      points = points.map((point) => ({ ...point, atMs: point.atMs + byMs }));
    },
  };
}
