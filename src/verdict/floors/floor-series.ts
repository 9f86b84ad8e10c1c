import type { RouteCounts } from './route-counts.js';
import type { Surroundings } from './surroundings.js';

/** The live set as one major GC left it: the mark that low tide leaves. */
export interface FloorPoint {
  /** Wall clock, as it counts now. */
  readonly atMs: number;
  /** Monotonic, less what the process stood still; compared with that of other floors only. */
  readonly monotonicMs: number;
  readonly heapBytes: number;
  /** Machine code of the program, part of the heap, see `programCode`; absent where it is not known. */
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
 * The floor over time, bounded: when full, every second point of the older half goes, so that the far past is
 * remembered thinly and the recent past exactly.
 */
export interface FloorSeries {
  readonly points: readonly FloorPoint[];
  add(point: FloorPoint): void;
  /** More is known of the newest point. */
  replaceLast(point: FloorPoint): void;
  /** The wall clock was set by so many milliseconds: the past is told by the new one. */
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
