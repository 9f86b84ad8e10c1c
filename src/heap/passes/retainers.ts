import type { HeapGraph } from '../graph.js';

/** The edges backwards (CSR): what refers to `node` are the rows `first[node]` to `first[node + 1]` of the columns. */
export interface Retainers {
  readonly first: Uint32Array;
  /** Ordinals of the edges, in the order of the file. */
  readonly edge: Uint32Array;
  /** The nodes that these edges start from. */
  readonly from: Uint32Array;
}

/** Takes 8 bytes an edge and 4 a node; the passes do without it, it is for asking who refers to an object. */
export function buildRetainers({ nodeCount, edgeCount, firstEdge, edgeTo }: HeapGraph): Retainers {
  const first = new Uint32Array(nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge++) first[edgeTo[edge]!]! += 1;
  for (let node = 1; node <= nodeCount; node++) first[node]! += first[node - 1]!;
  const edges = new Uint32Array(edgeCount);
  const from = new Uint32Array(edgeCount);
  for (let node = nodeCount - 1; node >= 0; node--) {
    for (let edge = firstEdge[node + 1]! - 1; edge >= firstEdge[node]!; edge--) {
      const at = --first[edgeTo[edge]!]!;
      edges[at] = edge;
      from[at] = node;
    }
  }
  return { first, edge: edges, from };
}
