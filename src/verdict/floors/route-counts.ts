/**
 * Requests that each route had completed at a floor, by row of the route table, modulo 2³². Rows beyond its end count as
 * 0.
 */
export type RouteCounts = Uint32Array;

/** Rows that are counted: 96 floors of this many take 0.8 MB. Requests of later rows only count in the total. */
export const MAX_COUNTED_ROUTES = 2_048;

/** Interpolates the requests of each route between two readings of the recorder. */
export interface RouteCounter {
  /** The counts at `share`, 0 to 1, of the way from the last reading to now. */
  at(completed: Float64Array, share: number): RouteCounts;
  /** Makes the current counts the last reading. */
  settle(completed: Float64Array): void;
  /** The recorder counts from 0 again; earlier counts are kept. */
  restart(): void;
}

export function createRouteCounter(): RouteCounter {
  // Read once a tick, so the buffer is reused.
  let last = new Float64Array(0);
  let earlier = new Float64Array(0);
  return {
    at(completed, share) {
      const counts = new Uint32Array(Math.min(completed.length, MAX_COUNTED_ROUTES));
      for (let route = 0; route < counts.length; route += 1) {
        const before = last[route] ?? 0;
        counts[route] = Math.round((earlier[route] ?? 0) + before + share * (completed[route]! - before));
      }
      return counts;
    },
    settle(completed) {
      const rows = Math.min(completed.length, MAX_COUNTED_ROUTES);
      if (last.length < rows) last = new Float64Array(Math.min(MAX_COUNTED_ROUTES, rows * 2));
      last.set(completed.subarray(0, rows));
    },
    restart() {
      earlier = last.map((count, route) => count + (earlier[route] ?? 0));
      last = new Float64Array(last.length);
    },
  };
}

/** Requests that a route completed between two floors. */
export function completedBetween(from: RouteCounts, to: RouteCounts, route: number): number {
  return ((to[route] ?? 0) - (from[route] ?? 0)) >>> 0;
}
