import type { NodeOrdinal } from './index-types.js';
import type { StringTable } from './strings.js';

/** Where functions were written and objects were constructed, in the order of the nodes. Lines and columns start at 0. */
export interface Locations {
  readonly node: Uint32Array;
  readonly scriptId: Int32Array;
  readonly line: Int32Array;
  readonly column: Int32Array;
}

/** Which node leads to which, in numbers only. The reader's columns are shared memory: another thread reads them without a copy. */
export interface EdgeTable {
  readonly nodeCount: number;
  readonly root: NodeOrdinal;
  readonly firstEdge: Uint32Array;
  /** {@link NodeOrdinal} that the edge leads to. */
  readonly edgeTo: Uint32Array;
}

/**
 * A snapshot as columns (struct of arrays). Rows of the node columns are {@link NodeOrdinal}s, rows of the edge columns
 * {@link EdgeOrdinal}s; the edges of node `n` are the rows from `firstEdge[n]` to `firstEdge[n + 1]`.
 */
export interface HeapGraph extends EdgeTable {
  readonly edgeCount: number;
  /** Numbers of `NODE_KINDS`. */
  readonly nodeKind: Uint8Array;
  /** Index of the node's name in {@link strings}; one text may have several until `unifyNames`. */
  readonly nodeName: Uint32Array;
  /** V8's id of the object, the same in all snapshots of one process. */
  readonly nodeId: Uint32Array;
  /** Bytes of the object itself, according to V8. */
  readonly selfSize: Float64Array;
  /** 0 unknown, 1 attached, 2 detached, as reported by the embedder (a browser). */
  readonly detachedness: Uint8Array;
  /** Numbers of `EDGE_KINDS`. */
  readonly edgeKind: Uint8Array;
  /** Index into {@link strings} as for nodes, or the number itself if `isIndexed` for its kind. */
  readonly edgeName: Uint32Array;
  readonly locations: Locations;
  readonly strings: StringTable;
}

/** The node's name as the file has it. */
export function nodeName(graph: HeapGraph, node: NodeOrdinal): string {
  return graph.strings.text(graph.nodeName[node]!);
}

/** Target of the first edge of that kind and name; -1 if there is none. */
export function follow(graph: HeapGraph, node: number, kind: number, name: number | undefined): number {
  if (name === undefined) return -1;
  const { firstEdge, edgeKind, edgeName, edgeTo } = graph;
  const end = firstEdge[node + 1]!;
  for (let edge = firstEdge[node]!; edge < end; edge++) {
    if (edgeKind[edge] === kind && edgeName[edge] === name) return edgeTo[edge]!;
  }
  return -1;
}

/** Row of the node's location; -1 if there is none. */
export function locationOf(locations: Locations, node: number): number {
  let low = 0;
  let high = locations.node.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = locations.node[middle]!;
    if (at === node) return middle;
    if (at < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
