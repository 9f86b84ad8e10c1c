import type { HeapAnalysis } from '../analysis.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import { Top } from '../top.js';
import { LEAST_ENTRIES, type Footprint } from './footprint.js';
import type { Match } from './match.js';

/** An object in both snapshots that holds more in the later one. Rows are those of the later snapshot. */
export interface HolderGrowth {
  readonly node: number;
  /** Change in retained size. */
  readonly retainedGrowth: number;
  /** The part that arose at this object, not at another object of both snapshots below it. */
  readonly ownGrowth: number;
  /** New objects that it refers to but that others hold as well, so it does not retain them alone. */
  readonly sharedBytes: number;
  readonly entriesBefore: number;
  readonly entriesAfter: number;
}

/**
 * Finds where growth arose. All objects on the path from the root to a leak grew by the same amount; the one to name
 * is the last that existed before. So an object's own growth is its growth less that of the nearest objects below it
 * that existed before, along the dominator tree of the later snapshot. Growth of V8's helper nodes (the table of a
 * Map) counts towards the object above.
 *
 * An object with two holders is retained by neither. New ones are therefore also counted as `sharedBytes` for each
 * collection that has more entries than before and refers to them.
 */
export function findHolders(
  earlier: Footprint,
  later: Footprint,
  analysis: HeapAnalysis,
  { by, before }: Match,
  limit: number,
): readonly HolderGrowth[] {
  const { graph, order, retainedSize } = analysis;
  const growth = (node: number): number => retainedSize[node]! - earlier.retainedSize[before[node]! - 1]!;
  const own = ownGrowths(analysis, before, growth);
  const shared = new Float64Array(by === 'ids' ? graph.nodeCount : 0);
  if (by === 'ids') {
    for (const node of order) {
      const row = before[node]! - 1;
      if (row >= 0 && later.entries[node]! >= earlier.entries[row]! + LEAST_ENTRIES) {
        shared[node] = sharedNewBytes(analysis, before, node);
      }
    }
  }
  const top = new Top<HolderGrowth>(limit);
  for (const node of order) {
    if (before[node] === 0 || node === graph.root || graph.nodeKind[node] === NodeKind.synthetic) continue;
    const sharedBytes = shared[node] ?? 0;
    const score = own[node]! + sharedBytes;
    if (score < LEAST_BYTES || score <= top.threshold) continue;
    top.add(score, {
      node,
      retainedGrowth: growth(node),
      ownGrowth: own[node]!,
      sharedBytes,
      entriesBefore: earlier.entries[before[node]! - 1]!,
      entriesAfter: later.entries[node]!,
    });
  }
  return top.items();
}

/** Less is noise. */
const LEAST_BYTES = 512;

function ownGrowths(
  { graph, dominator, order }: HeapAnalysis,
  before: Uint32Array,
  growth: (node: number) => number,
): Float64Array {
  const { nodeCount, nodeKind, root } = graph;
  const own = new Float64Array(nodeCount);
  // The nearest node above that existed before.
  const above = new Uint32Array(nodeCount).fill(root);
  for (const node of order) {
    if (node === root) continue;
    const parent = dominator[node]!;
    above[node] = before[parent] === 0 ? above[parent]! : parent;
  }
  for (const node of order) {
    if (before[node] === 0) continue;
    const grown = growth(node);
    own[node]! += grown;
    if (node !== root) own[above[node]!]! -= grown;
  }
  for (let i = order.length - 1; i > 0; i--) {
    const node = order[i]!;
    const kind = nodeKind[node]!;
    if (own[node] === 0 || (kind !== NodeKind.array && kind !== NodeKind.hidden)) continue;
    own[above[node]!]! += own[node]!;
    own[node] = 0;
  }
  return own;
}

function sharedNewBytes(
  { graph, dominator, retainedSize }: HeapAnalysis,
  before: Uint32Array,
  holder: number,
): number {
  const { firstEdge, edgeKind, edgeTo, nodeKind } = graph;
  const seen = new Set<number>();
  let bytes = 0;
  const visit = (from: number, isStore: boolean): void => {
    for (let edge = firstEdge[from]!; edge < firstEdge[from + 1]!; edge++) {
      const to = edgeTo[edge]!;
      if (edgeKind[edge] === EdgeKind.weak || seen.has(to)) continue;
      if (nodeKind[to] === NodeKind.array && !isStore) {
        seen.add(to);
        visit(to, true);
      } else if (
        before[to] === 0 &&
        dominator[to] !== from &&
        dominator[to] !== holder &&
        isOwnData(nodeKind[to]!)
      ) {
        seen.add(to);
        bytes += retainedSize[to]!;
      }
    }
  };
  visit(holder, false);
  return bytes;
}

/** Data that the program creates, not the shapes and code that V8 creates for it. */
function isOwnData(kind: number): boolean {
  return (
    kind === NodeKind.object ||
    kind === NodeKind.closure ||
    kind === NodeKind.string ||
    kind === NodeKind.native
  );
}
