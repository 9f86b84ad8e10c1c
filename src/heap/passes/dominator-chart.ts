import type { Dominated } from './dominated.js';

/** A part of the dominator tree; `rest` is what the node retains besides itself and the children shown. */
export interface ChartNode {
  readonly node: number;
  readonly retainedBytes: number;
  readonly children: readonly ChartNode[];
}

export interface ChartInput {
  readonly root: number;
  readonly retainedSize: Float64Array;
  readonly dominated: Dominated;
  /** Parts below this share of the heap are left out. */
  readonly share: number;
  readonly maxDepth: number;
  readonly maxNodes: number;
}

/** The large parts of the dominator tree, breadth first, so that the limit cuts depth, not width. */
export function chartDominators(input: ChartInput): ChartNode {
  const { root, retainedSize, dominated, share, maxDepth, maxNodes } = input;
  const least = Math.max(1, retainedSize[root]! * share);
  interface Open {
    node: number;
    retainedBytes: number;
    children: Open[];
  }
  const top: Open = { node: root, retainedBytes: retainedSize[root]!, children: [] };
  let level = [top];
  let nodes = 1;
  for (let depth = 1; depth < maxDepth && level.length > 0; depth++) {
    const next: Open[] = [];
    for (const open of level) {
      for (let i = dominated.first[open.node]!; i < dominated.first[open.node + 1]!; i++) {
        const node = dominated.node[i]!;
        const retainedBytes = retainedSize[node]!;
        if (retainedBytes < least || nodes === maxNodes) continue;
        nodes += 1;
        const child = { node, retainedBytes, children: [] };
        open.children.push(child);
        next.push(child);
      }
      open.children.sort((a, b) => b.retainedBytes - a.retainedBytes);
    }
    level = next;
  }
  return top;
}
