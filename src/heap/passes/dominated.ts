import type { HeapGraph } from '../graph.js';
import type { Dominators } from './dominators.js';

/** The dominator tree, top down: node `n` directly dominates `node[first[n]]` to `node[first[n + 1]]`. */
export interface Dominated {
  readonly first: Uint32Array;
  readonly node: Uint32Array;
}

export function dominatedNodes({ nodeCount, root }: HeapGraph, { dominator }: Dominators): Dominated {
  const first = new Uint32Array(nodeCount + 1);
  for (let node = 0; node < nodeCount; node++) if (node !== root) first[dominator[node]!]! += 1;
  for (let node = 1; node <= nodeCount; node++) first[node]! += first[node - 1]!;
  const nodes = new Uint32Array(Math.max(0, nodeCount - 1));
  for (let node = nodeCount - 1; node >= 0; node--) {
    if (node !== root) nodes[--first[dominator[node]!]!] = node;
  }
  return { first, node: nodes };
}
