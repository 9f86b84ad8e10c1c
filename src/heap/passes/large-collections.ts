import { follow, type HeapGraph } from '../graph.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import type { WellKnown } from '../naming/well-known.js';
import { Top } from '../top.js';
import { collectionSize, type CollectionSize } from './collections.js';

export interface LargeCollection extends CollectionSize {
  readonly node: number;
  readonly retainedBytes: number;
}

/** Fewer entries are not unusual. */
const LEAST_ENTRIES = 1000;

/**
 * The largest collections: Maps, Sets, Arrays and plain objects with 1,000 entries or more, by retained size. A
 * snapshot does not say whether a collection is bounded; one that large has either a large bound or none.
 */
export function findLargeCollections(
  graph: HeapGraph,
  names: WellKnown,
  retainedSize: Float64Array,
  limit: number,
): readonly LargeCollection[] {
  const { nodeCount, nodeKind, firstEdge } = graph;
  const table = names.get('table');
  const top = new Top<LargeCollection>(limit);
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue;
    const retainedBytes = retainedSize[node]!;
    if (retainedBytes <= top.threshold) continue;
    const from = firstEdge[node]!;
    const end = firstEdge[node + 1]!;
    const store = follow(graph, node, EdgeKind.internal, table);
    const edges = end - from + (store < 0 ? 0 : firstEdge[store + 1]! - firstEdge[store]!);
    if (edges < LEAST_ENTRIES) continue;
    const size = collectionSize(graph, names, node);
    if (size === undefined || size.entries < LEAST_ENTRIES) continue;
    top.add(retainedBytes, { ...size, node, retainedBytes });
  }
  return top.items();
}
