import type { HeapGraph } from '../graph.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import { NodeSet } from './node-set.js';

/**
 * What the program can reach from its global objects; the rest belongs to the runtime or a debugger. Same as
 * `markPageOwnedNodes` of Chrome DevTools (front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts): it starts at
 * each target of a shortcut edge of the root, and at `(Document DOM trees)` of a browser; weak edges do not count.
 */
export function findPageObjects(graph: HeapGraph): NodeSet {
  const { firstEdge, edgeKind, edgeTo, nodeKind, nodeName, strings, root, nodeCount } = graph;
  const found = new NodeSet(nodeCount);
  const stack = new Uint32Array(nodeCount);
  let depth = 0;
  for (let edge = firstEdge[root]!; edge < firstEdge[root + 1]!; edge++) {
    const to = edgeTo[edge]!;
    const kind = edgeKind[edge]!;
    const isDom =
      kind === EdgeKind.element &&
      nodeKind[to] === NodeKind.synthetic &&
      strings.equals(nodeName[to]!, '(Document DOM trees)');
    if ((kind !== EdgeKind.shortcut && !isDom) || found.has(to)) continue;
    found.add(to);
    stack[depth++] = to;
  }
  while (depth > 0) {
    const node = stack[--depth]!;
    const end = firstEdge[node + 1]!;
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const to = edgeTo[edge]!;
      if (found.has(to) || edgeKind[edge] === EdgeKind.weak) continue;
      found.add(to);
      stack[depth++] = to;
    }
  }
  return found;
}
