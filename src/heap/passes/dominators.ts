import type { EdgeTable } from '../graph.js';
import { EdgeMark, type EdgeMarks } from './edge-marks.js';
import { numberNodes, type Preorder } from './preorder.js';

export interface Dominators {
  /** Immediate dominator of each node; that of the root, and of nodes that nothing holds, is the root. */
  readonly dominator: Uint32Array<ArrayBuffer>;
  /** All nodes, each after its dominator; the root is first. */
  readonly order: Uint32Array<ArrayBuffer>;
}

/**
 * Immediate dominators: the node without which another would be garbage. T. Lengauer, R. E. Tarjan: A fast algorithm
 * for finding dominators in a flowgraph. ACM TOPLAS 1 (1979), 121-141, https://doi.org/10.1145/357062.357071, in its
 * simple form, O(m log n), without recursion. Which edges hold is decided as in Chrome DevTools, see
 * {@link markEdges}.
 *
 * The search indexes its arrays by depth-first number, not by node: neighbours in the search are neighbours in memory,
 * which saves most of the time.
 */
export function findDominators(graph: EdgeTable, marks: EdgeMarks): Dominators {
  const preorder = numberNodes(graph, marks);
  const immediate = immediateDominators(preorder, predecessors(graph, marks, preorder));
  const { nodeCount, root } = graph;
  const { count, node, number } = preorder;
  const dominator = new Uint32Array(nodeCount).fill(root);
  for (let i = 2; i <= count; i++) dominator[node[i]!] = node[immediate[i]!]!;
  // Number 0 is unused, and there is room after the last number for nodes without one.
  const order = node.subarray(1);
  for (let clique = 0, filled = count; filled < nodeCount; clique++) {
    if (number[clique] === 0) order[filled++] = clique;
  }
  return { dominator, order };
}

/** By node, not by number: that takes one lookup a node instead of one an edge. */
interface Predecessors {
  readonly first: Uint32Array;
  /** Numbers of the nodes that hold it. */
  readonly from: Uint32Array;
}

/** Nodes that nothing holds have none. Cliques of unreachable nodes have no number, and nothing depends on them. */
function predecessors(
  graph: EdgeTable,
  { marks, holders }: EdgeMarks,
  { count, number }: Preorder,
): Predecessors {
  const { nodeCount, firstEdge, edgeTo } = graph;
  const first = new Uint32Array(nodeCount + 1);
  first.set(holders);
  if (count < nodeCount) {
    for (let clique = 0; clique < nodeCount; clique++) {
      if (number[clique] !== 0) continue;
      for (let edge = firstEdge[clique]!; edge < firstEdge[clique + 1]!; edge++) {
        if ((marks[edge]! & EdgeMark.essential) !== 0) first[edgeTo[edge]!]! -= 1;
      }
    }
  }
  for (let node = 1; node <= nodeCount; node++) first[node]! += first[node - 1]!;
  const from = new Uint32Array(first[nodeCount]!);
  // In file order, in which the edges lie in memory; the order of a node's holders does not matter. Each slice is
  // filled from its end: afterwards `first` points to the beginnings.
  for (let node = 0, edge = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]!;
    const holder = number[node]!;
    if (holder === 0) edge = end;
    for (; edge < end; edge++) {
      if ((marks[edge]! & EdgeMark.essential) !== 0) from[--first[edgeTo[edge]!]!] = holder;
    }
  }
  return { first, from };
}

/**
 * Variables are named as in the paper. Two pairs of its arrays are one array each, as no vertex needs both at a time:
 * `ancestor` overwrites the `parent` of a vertex once it is linked, and `dom` is the next in the bucket until the
 * vertex leaves it.
 */
function immediateDominators(
  { count: n, node, parent }: Preorder,
  { first, from }: Predecessors,
): Uint32Array<ArrayBuffer> {
  const semi = new Uint32Array(n + 1);
  const label = new Uint32Array(n + 1);
  const bucket = new Uint32Array(n + 1);
  const dom = new Uint32Array(n + 1);
  const stack = new Uint32Array(n + 1);
  const ancestor = parent;
  for (let i = 1; i <= n; i++) semi[i] = label[i] = i;

  /** For a linked vertex; all from `linked` on are. */
  const evaluate = (v: number, linked: number): number => {
    let depth = 0;
    let at = v;
    for (let above = ancestor[at]!; above >= linked; above = ancestor[at]!) {
      stack[depth++] = at;
      at = above;
    }
    while (depth > 0) {
      const w = stack[--depth]!;
      const above = ancestor[w]!;
      if (semi[label[above]!]! < semi[label[w]!]!) label[w] = label[above]!;
      ancestor[w] = ancestor[above]!;
    }
    return label[v]!;
  };

  for (let w = n; w >= 2; w--) {
    const p = parent[w]!;
    // The parent holds it; for a node that nothing holds, that is the root.
    let least = p;
    const holdersEnd = first[node[w]! + 1]!;
    for (let i = first[node[w]!]!; i < holdersEnd; i++) {
      const v = from[i]!;
      const candidate = v < w ? v : semi[evaluate(v, w + 1)]!;
      if (candidate < least) least = candidate;
    }
    semi[w] = least;
    if (least === p) {
      // No possible dominator lies between the two (theorem 2 of the paper).
      dom[w] = p;
    } else {
      dom[w] = bucket[least]!;
      bucket[least] = w;
    }
    for (let v = bucket[p]!; v !== 0;) {
      const next = dom[v]!;
      const u = evaluate(v, w);
      dom[v] = semi[u]! < semi[v]! ? u : p;
      v = next;
    }
    bucket[p] = 0;
  }
  dom[1] = 1;
  for (let w = 2; w <= n; w++) {
    if (dom[w] !== semi[w]) dom[w] = dom[dom[w]!]!;
  }
  return dom;
}

/** Bytes freed with each node: its own and those of all nodes it dominates. */
export function retainedSizes(selfSize: Float64Array, { dominator, order }: Dominators): Float64Array {
  const retained = Float64Array.from(selfSize);
  for (let i = order.length - 1; i > 0; i--) {
    const node = order[i]!;
    retained[dominator[node]!]! += retained[node]!;
  }
  return retained;
}
