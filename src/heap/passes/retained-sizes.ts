import type { Dominators } from './dominators.js';

/** Bytes freed with each node: its own and those of all nodes it dominates. */
export function retainedSizes(selfSize: Float64Array, { dominator, order }: Dominators): Float64Array {
  const retained = Float64Array.from(selfSize);
  for (let i = order.length - 1; i > 0; i--) {
    const node = order[i]!;
    retained[dominator[node]!]! += retained[node]!;
  }
  return retained;
}
