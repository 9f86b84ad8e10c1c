import type { HeapGraph } from '../graph.js';
import type { Classes } from './classes.js';
import type { Dominated } from './dominated.js';

/** Columns by class row. */
export interface ClassAggregates {
  readonly count: Uint32Array;
  readonly selfSize: Float64Array;
  /** What the class retains; an instance inside another is not counted twice. */
  readonly retainedSize: Float64Array;
}

export interface AggregateInput {
  readonly classes: Classes;
  readonly selfSize: Float64Array;
  readonly retainedSize: Float64Array;
  readonly dominated: Dominated;
}

/**
 * Sums by class, as in Chrome DevTools (`buildAggregates`, `calculateClassesRetainedSize` in
 * front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts): nodes of size 0 are not counted; the retained size of a
 * node counts unless another node of its class dominates it.
 */
export function aggregateClasses(graph: HeapGraph, input: AggregateInput): ClassAggregates {
  const { of, names } = input.classes;
  const { selfSize } = input;
  const count = new Uint32Array(names.length);
  const self = new Float64Array(names.length);
  for (let node = 0; node < graph.nodeCount; node++) {
    const size = selfSize[node]!;
    if (size === 0) continue;
    count[of[node]!]! += 1;
    self[of[node]!]! += size;
  }
  return { count, selfSize: self, retainedSize: retainedByClass(graph, input) };
}

/** Walks the dominator tree, counting how often each class is on the path from the root. */
function retainedByClass({ nodeCount, root }: HeapGraph, input: AggregateInput): Float64Array {
  const { classes, selfSize, retainedSize, dominated } = input;
  const { first, node: dominatedNode } = dominated;
  const { of, names } = classes;
  const total = new Float64Array(names.length);
  const onPath = new Uint32Array(names.length);
  const path = new Uint32Array(nodeCount);
  const next = new Uint32Array(nodeCount);
  let depth = -1;
  const visit = (node: number): void => {
    const row = of[node]!;
    const counts = selfSize[node] !== 0;
    if (counts && onPath[row] === 0) total[row]! += retainedSize[node]!;
    if (first[node] === first[node + 1]) return;
    if (counts) onPath[row]! += 1;
    path[++depth] = node;
    next[depth] = first[node]!;
  };
  visit(root);
  while (depth >= 0) {
    const node = path[depth]!;
    const at = next[depth]!;
    if (at < first[node + 1]!) {
      next[depth] = at + 1;
      visit(dominatedNode[at]!);
    } else {
      if (selfSize[node] !== 0) onPath[of[node]!]! -= 1;
      depth -= 1;
    }
  }
  return total;
}
