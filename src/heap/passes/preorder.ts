import type { EdgeTable } from '../graph.js';
import { EdgeMark, type EdgeMarks } from './edge-marks.js';
import { NodeSet } from './node-set.js';

/** A depth-first numbering from the root. Number 0 is unused; the root has number 1. */
export interface Preorder {
  /** How many nodes have a number. */
  readonly count: number;
  /** Node by number, with room for all nodes. */
  readonly node: Uint32Array<ArrayBuffer>;
  /** Number by node; 0 for a node that only a clique of unreachable nodes holds. */
  readonly number: Uint32Array;
  /** Number of the node from which it was found, by number. */
  readonly parent: Uint32Array;
}

/**
 * Numbers the nodes depth first along essential edges, without recursion. Nodes that no essential edge leads to are
 * treated as held by the root, one after the other in file order, as in Chrome DevTools.
 */
export function numberNodes(graph: EdgeTable, { marks, holders }: EdgeMarks): Preorder {
  const { firstEdge, edgeTo, nodeCount, root } = graph;
  const number = new Uint32Array(nodeCount);
  const node = new Uint32Array(nodeCount + 1);
  const parent = new Uint32Array(nodeCount + 1);
  // The next edge to look at, by number: a path is never longer than the numbers given out.
  const cursor = new Uint32Array(nodeCount + 1);
  const numbered = new NodeSet(nodeCount);
  let count = 0;

  const descend = (start: number, from: number): void => {
    let at = ++count;
    number[start] = at;
    numbered.add(start);
    node[at] = start;
    parent[at] = from;
    cursor[at] = firstEdge[start]!;
    while (at !== from) {
      const end = firstEdge[node[at]! + 1]!;
      let edge = cursor[at]!;
      let child = 0;
      for (; edge < end; edge++) {
        if ((marks[edge]! & EdgeMark.essential) === 0) continue;
        const to = edgeTo[edge]!;
        if (numbered.has(to)) continue;
        numbered.add(to);
        const found = ++count;
        number[to] = found;
        node[found] = to;
        parent[found] = at;
        const first = firstEdge[to]!;
        // Nothing to descend to.
        if (first === firstEdge[to + 1]!) continue;
        child = found;
        cursor[found] = first;
        edge += 1;
        break;
      }
      cursor[at] = edge;
      at = child === 0 ? parent[at]! : child;
    }
  };

  descend(root, 0);
  if (count < nodeCount) {
    for (let orphan = 0; orphan < nodeCount; orphan++) {
      if (holders[orphan] === 0 && number[orphan] === 0) descend(orphan, 1);
    }
  }
  return { count, node, number, parent };
}
