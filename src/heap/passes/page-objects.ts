import type { HeapGraph } from '../graph.js';
import { EdgeKind, NodeKind } from '../kinds.js';

/**
 * Marks with 1 what the program can reach from its global objects; the rest is the runtime's or a debugger's own.
 * The same as `markPageOwnedNodes` of Chrome DevTools (front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts): the
 * start is each target of a shortcut edge of the root, and `(Document DOM trees)` of a browser; weak edges do not count.
 */
export function markPageObjects(graph: HeapGraph): Uint8Array {
  const { firstEdge, edgeKind, edgeTo, nodeKind, nodeName, strings, root, nodeCount } = graph;
  const marks = new Uint8Array(nodeCount);
  const stack = new Uint32Array(nodeCount);
  let depth = 0;
  for (let edge = firstEdge[root]!; edge < firstEdge[root + 1]!; edge++) {
    const to = edgeTo[edge]!;
    const kind = edgeKind[edge]!;
    const isDom =
      kind === EdgeKind.element &&
      nodeKind[to] === NodeKind.synthetic &&
      strings.equals(nodeName[to]!, '(Document DOM trees)');
    if ((kind !== EdgeKind.shortcut && !isDom) || marks[to] === 1) continue;
    marks[to] = 1;
    stack[depth++] = to;
  }
  while (depth > 0) {
    const node = stack[--depth]!;
    const end = firstEdge[node + 1]!;
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const to = edgeTo[edge]!;
      if (marks[to] === 1 || edgeKind[edge] === EdgeKind.weak) continue;
      marks[to] = 1;
      stack[depth++] = to;
    }
  }
  return marks;
}
