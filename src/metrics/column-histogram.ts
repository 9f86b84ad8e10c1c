import type { EmitHistogram, HistogramFamily } from './family.js';
import type { LogLayout } from '../statistics/log-histogram.js';

/**
 * Sums `size` counts from `offset` into `cumulative`, as Prometheus counts, and returns the total; counts beyond the
 * bounds come last.
 */
export function accumulate(
  counts: ArrayLike<number>,
  offset: number,
  size: number,
  cumulative: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < size; i += 1) {
    total += counts[offset + i]!;
    if (i < cumulative.length) cumulative[i] = total;
  }
  return total;
}

/** The bound of each bucket of a layout; `bounds.length` for buckets beyond the last. */
export type BoundOfBucket = Uint16Array;

/**
 * Maps a log layout's buckets to Prometheus bounds, which must be edges of the layout: no bucket is split. A value equal to
 * a bound is in the next bucket of the layout and so counts above that bound.
 * @throws RangeError when a bound is not an edge.
 */
export function mapToBounds(layout: LogLayout, bounds: readonly number[]): BoundOfBucket {
  return Uint16Array.from({ length: layout.buckets }, (_, bucket) => {
    const index = bounds.findIndex((bound) => layout.upper(bucket) <= bound);
    const bound = index === -1 ? bounds.length : index;
    const below = bounds[bound - 1];
    if (below !== undefined && layout.lower(bucket) < below) {
      throw new RangeError(
        `${below} is not an edge of the layout: ${layout.lower(bucket)} to ${layout.upper(bucket)}`,
      );
    }
    return bound;
  });
}

/** As {@link accumulate}, for a row of counters of a log layout. */
export function accumulateMapped(
  counts: ArrayLike<number>,
  offset: number,
  boundOf: BoundOfBucket,
  cumulative: Float64Array,
): number {
  cumulative.fill(0);
  let total = 0;
  for (let bucket = 0; bucket < boundOf.length; bucket += 1) {
    const count = counts[offset + bucket]!;
    if (count === 0) continue;
    total += count;
    const bound = boundOf[bucket]!;
    if (bound < cumulative.length) cumulative[bound]! += count;
  }
  for (let i = 1; i < cumulative.length; i += 1) cumulative[i]! += cumulative[i - 1]!;
  return total;
}

/**
 * A histogram that reads another module's columns when it is collected: counting increments a typed array and needs no
 * labels.
 */
export function columnHistogram(
  name: string,
  help: string,
  bounds: readonly number[],
  collect: (emit: EmitHistogram, cumulative: Float64Array) => void,
): HistogramFamily {
  return {
    name,
    help,
    bounds,
    type: 'histogram',
    aggregator: 'sum',
    collect: (emit) => collect(emit, new Float64Array(bounds.length)),
  };
}
