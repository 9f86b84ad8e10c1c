import { EphemeronNames } from '../ephemerons.js';
import type { HeapGraph } from '../graph.js';
import { EdgeKind } from '../kinds.js';
import { sharedNumbers } from '../format/columns.js';
import { findPageObjects } from './page-objects.js';

/** Bits of an edge, so that searches read one byte instead of its kind and its name. */
export const EdgeMark = {
  /** It holds its target. */
  essential: 1,
  weak: 2,
  /** One of the two edges to a WeakMap entry's value. */
  ephemeron: 4,
} as const;

export interface EdgeMarks {
  /** {@link EdgeMark} of each edge. */
  readonly marks: Uint8Array;
  /** Essential edges to each node: counted here, where the node is looked up anyway. */
  readonly holders: Uint32Array;
}

/**
 * Marks the edges, {@link EdgeMark}. Which hold their target is decided by the rules of Chrome DevTools
 * (`computeIsEssentialEdge` in front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts). These do not: weak edges;
 * an edge of a node to itself; the edge from a WeakMap's table to a value, since its key has one too; shortcuts,
 * except at the root; and edges from the runtime's own nodes to those that the program can reach from its globals.
 */
export function markEdges(graph: HeapGraph): EdgeMarks {
  const { firstEdge, edgeKind, edgeName, edgeTo, nodeCount, nodeId, root } = graph;
  const pageObjects = findPageObjects(graph);
  const ephemerons = new EphemeronNames(graph);
  const marks = new Uint8Array(new SharedArrayBuffer(graph.edgeCount));
  const holders = sharedNumbers(nodeCount);
  for (let node = 0, edge = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]!;
    const isPageObject = pageObjects.has(node);
    for (; edge < end; edge++) {
      const kind = edgeKind[edge]!;
      const to = edgeTo[edge]!;
      if (kind === EdgeKind.weak) {
        marks[edge] = EdgeMark.weak;
        continue;
      }
      const ephemeron = kind === EdgeKind.internal ? ephemerons.read(edgeName[edge]!) : undefined;
      if (ephemeron !== undefined) marks[edge] = EdgeMark.ephemeron;
      if (to === node || ephemeron?.tableId === nodeId[node]) continue;
      if (node !== root && (kind === EdgeKind.shortcut || (!isPageObject && pageObjects.has(to)))) continue;
      marks[edge]! |= EdgeMark.essential;
      holders[to]! += 1;
    }
  }
  return { marks, holders };
}
