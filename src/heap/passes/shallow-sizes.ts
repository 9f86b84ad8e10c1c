import type { HeapGraph } from '../graph.js';
import { EdgeKind, NodeKind } from '../kinds.js';

const UNVISITED = 0xffffffff;
const SEVERAL = 0xfffffffe;

/**
 * Self sizes as in Chrome DevTools (`calculateShallowSizes` in
 * front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts): memory that V8 keeps apart for an object (the table of
 * a Map, the elements of an array: nodes of kind `array` or `hidden`) counts towards the object, if it belongs to only
 * one. In a snapshot that shows V8's internals (one without a user root) sizes are unchanged.
 */
export function shallowSizes(graph: HeapGraph): Float64Array {
  const { nodeCount, nodeKind, selfSize, root } = graph;
  const sizes = Float64Array.from(selfSize);
  if (!hasUserRoots(graph)) return sizes;
  const owner = findOwners(graph);
  for (let node = 0; node < nodeCount; node++) {
    const by = owner[node]!;
    if (by === node || by >= SEVERAL || by === root || nodeKind[by] === NodeKind.synthetic) continue;
    sizes[by]! += selfSize[node]!;
    sizes[node]! -= selfSize[node]!;
  }
  return sizes;
}

/** Whether the root leads to a node that is not one of V8's groups of roots. */
function hasUserRoots({ firstEdge, edgeTo, nodeKind, nodeName, strings, root }: HeapGraph): boolean {
  for (let edge = firstEdge[root]!; edge < firstEdge[root + 1]!; edge++) {
    const to = edgeTo[edge]!;
    if (nodeKind[to] !== NodeKind.synthetic || strings.equals(nodeName[to]!, '(Document DOM trees)'))
      return true;
  }
  return false;
}

/** Owner of each node of kind `array` or `hidden`; any other node owns itself. */
function findOwners({ nodeCount, nodeKind, firstEdge, edgeKind, edgeTo }: HeapGraph): Uint32Array {
  const owner = new Uint32Array(nodeCount);
  // A node is pushed at most twice: when it gets an owner, and when it turns out to have several.
  const work = new Uint32Array(2 * nodeCount);
  let depth = 0;
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node];
    if (kind === NodeKind.hidden || kind === NodeKind.array) {
      owner[node] = UNVISITED;
    } else {
      owner[node] = node;
      work[depth++] = node;
    }
  }
  while (depth > 0) {
    const node = work[--depth]!;
    const by = owner[node]!;
    const end = firstEdge[node + 1]!;
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      if (edgeKind[edge] === EdgeKind.weak) continue;
      const to = edgeTo[edge]!;
      const has = owner[to]!;
      if (has === to || has === by || has === SEVERAL) continue;
      owner[to] = has === UNVISITED ? by : SEVERAL;
      work[depth++] = to;
    }
  }
  return owner;
}
