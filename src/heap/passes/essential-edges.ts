import { EphemeronNames } from '../ephemerons.js';
import type { HeapGraph } from '../graph.js';
import { EdgeKind } from '../kinds.js';
import { markPageObjects } from './page-objects.js';

/**
 * Marks with 1 the edges that hold their target, by the rules of Chrome DevTools (`computeIsEssentialEdge` in
 * front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts), which do not let these hold: weak edges; an edge of a node to
 * itself; the edge from a WeakMap's table to a value, as that from the key is there too; shortcuts elsewhere than at the
 * root; and edges from what is the runtime's own to what the program can reach from its globals.
 */
export function markEssentialEdges(graph: HeapGraph): Uint8Array {
  const { firstEdge, edgeKind, edgeName, edgeTo, nodeCount, nodeId, root } = graph;
  const pageObjects = markPageObjects(graph);
  const ephemerons = new EphemeronNames(graph);
  const essential = new Uint8Array(graph.edgeCount);
  for (let node = 0, edge = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1]!;
    const isPageObject = pageObjects[node] === 1;
    for (; edge < end; edge++) {
      const kind = edgeKind[edge]!;
      const to = edgeTo[edge]!;
      if (kind === EdgeKind.weak || to === node) continue;
      if (node !== root) {
        if (kind === EdgeKind.shortcut) continue;
        if (!isPageObject && pageObjects[to] === 1) continue;
      }
      if (kind === EdgeKind.internal && ephemerons.read(edgeName[edge]!)?.tableId === nodeId[node]) continue;
      essential[edge] = 1;
    }
  }
  return essential;
}
