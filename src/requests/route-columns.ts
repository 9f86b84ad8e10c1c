import { createLogLayout, createSignedLogLayout } from '../statistics/log-histogram.js';

/** Microseconds, from 10 µs to an hour. */
export const durationLayout = createLogLayout({ min: 10, max: 3_600_000_000, precision: 0.13 });
/** Bytes of heap delta, both signs, from 64 B to 16 GiB. */
export const deltaLayout = createSignedLogLayout({ min: 64, max: 17_179_869_184, precision: 0.13 });

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'aborted'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];
export const ABORTED_CLASS = STATUS_CLASSES.length - 1;

/** All counters of each route, as a struct of arrays; a route has the same row in all of them. */
export interface RouteColumns {
  completed: Float64Array;
  inFlight: Int32Array;
  /** Requests by status class: `row * STATUS_CLASSES.length + class`. */
  byClass: Float64Array;
  durationSumMs: Float64Array;
  durations: Uint32Array;
  cleanSamples: Float64Array;
  overlapSamples: Float64Array;
  gcSamples: Float64Array;
  deltaSumBytes: Float64Array;
  deltas: Uint32Array;
  /** Prometheus buckets of the duration: `(row * classes + class) * bounds + bucket`. */
  durationBuckets: Uint32Array;
  durationClassSumMs: Float64Array;
}

function allocate(rows: number, bounds: number): RouteColumns {
  const classes = STATUS_CLASSES.length;
  return {
    completed: new Float64Array(rows),
    inFlight: new Int32Array(rows),
    byClass: new Float64Array(rows * classes),
    durationSumMs: new Float64Array(rows),
    durations: new Uint32Array(rows * durationLayout.buckets),
    cleanSamples: new Float64Array(rows),
    overlapSamples: new Float64Array(rows),
    gcSamples: new Float64Array(rows),
    deltaSumBytes: new Float64Array(rows),
    deltas: new Uint32Array(rows * deltaLayout.buckets),
    durationBuckets: new Uint32Array(rows * classes * bounds),
    durationClassSumMs: new Float64Array(rows * classes),
  };
}

/** Columns that double when a route needs a row beyond them, so that a small server pays for few rows. */
export interface GrowingColumns {
  readonly columns: RouteColumns;
  ensure(rows: number): void;
  readonly bytes: number;
}

export function createRouteColumns(bounds: number): GrowingColumns {
  let rows = 32;
  let columns = allocate(rows, bounds);
  return {
    get columns() {
      return columns;
    },
    ensure(wanted) {
      if (wanted <= rows) return;
      while (rows < wanted) rows *= 2;
      const larger = allocate(rows, bounds);
      for (const name of Object.keys(columns) as (keyof RouteColumns)[]) larger[name].set(columns[name]);
      columns = larger;
    },
    get bytes() {
      return Object.values(columns).reduce(
        (sum: number, column: ArrayBufferView) => sum + column.byteLength,
        0,
      );
    },
  };
}
