import type { Pairs } from './finite.js';
import { median } from './quantile.js';

/** The pairs in ascending order of x; pairs that are in order already are returned as they are. */
export function sortPairs({ x, y }: Pairs): Pairs {
  if (x.every((value, i) => i === 0 || x[i - 1]! <= value)) return { x, y };
  const order = Uint32Array.from(x, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
  return {
    x: Float64Array.from(order, (i) => x[i]!),
    y: Float64Array.from(order, (i) => y[i]!),
  };
}

/**
 * At most `limit` pairs that stand for all: the pairs in ascending order of x, cut into `limit` blocks of
 * equal count (give or take one), each block replaced by its median x and median y. Deterministic, keeps a
 * line a line, and bounds the cost of estimators that look at all pairs of pairs.
 */
export function thinPairs(pairs: Pairs, limit: number): Pairs {
  const sorted = sortPairs(pairs);
  const n = sorted.x.length;
  if (n <= limit) return sorted;
  const x = new Float64Array(limit);
  const y = new Float64Array(limit);
  for (let block = 0; block < limit; block++) {
    const start = Math.floor((block * n) / limit);
    const end = Math.floor(((block + 1) * n) / limit);
    x[block] = median(sorted.x.subarray(start, end));
    y[block] = median(sorted.y.subarray(start, end));
  }
  return { x, y };
}
