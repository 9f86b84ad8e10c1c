/** The first rows of every table: requests that matched no route, and routes that found the table full. */
export const UNMATCHED_ROW = 0;
export const OVERFLOW_ROW = 1;

export interface RouteIdentity {
  readonly method: string;
  /** The route's pattern, never a URL: `/orders/:id`. */
  readonly pattern: string;
}

/**
 * The bounded list of routes. A route's row is its identity in every column of the recorder, in the stacks of the
 * live-allocation profile and in the verdict.
 */
export interface RouteTable {
  readonly size: number;
  readonly capacity: number;
  /** Routes that found the table full and share {@link OVERFLOW_ROW}. */
  readonly dropped: number;
  /** The row of a route, added if it is new and there is room. */
  add(method: string, pattern: string): number;
  identity(row: number): RouteIdentity | undefined;
  /** `GET /orders/:id`, as verdicts and tables print it. */
  label(row: number): string;
}

export function createRouteTable(capacity: number): RouteTable {
  const rows: RouteIdentity[] = [
    { method: '*', pattern: '__unmatched__' },
    { method: '*', pattern: '__overflow__' },
  ];
  const byKey = new Map<string, number>();
  let dropped = 0;

  return {
    get size() {
      return rows.length;
    },
    get dropped() {
      return dropped;
    },
    capacity: capacity + rows.length,
    add(method, pattern) {
      const key = `${method} ${pattern}`;
      const known = byKey.get(key);
      if (known !== undefined) return known;
      if (byKey.size >= capacity) {
        dropped += 1;
        return OVERFLOW_ROW;
      }
      rows.push({ method, pattern });
      byKey.set(key, rows.length - 1);
      return rows.length - 1;
    },
    identity: (row) => rows[row],
    label(row) {
      const route = rows[row];
      if (route === undefined) return '__unknown__';
      return route.method === '*' ? route.pattern : `${route.method} ${route.pattern}`;
    },
  };
}
