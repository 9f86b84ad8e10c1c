import type { HeapAnalysis } from '../analysis.js';
import { NodeKind } from '../kinds.js';
import { collectionSize } from '../passes/collections.js';
import type { Classes } from '../passes/classes.js';
import { identifyById, identifyByPath, type Identity } from './identity.js';

/**
 * What is kept of an earlier snapshot for a comparison: about 50 bytes a node instead of 90 and 10 an edge, so that
 * two large graphs are never in memory at once.
 */
export interface Footprint {
  readonly nodeCount: number;
  readonly totalBytes: number;
  readonly kind: Uint8Array;
  readonly selfSize: Float64Array;
  readonly retainedSize: Float64Array;
  readonly dominator: Uint32Array;
  readonly classes: Classes;
  /** Entries of each object that has {@link LEAST_ENTRIES} or more, else 0. */
  readonly entries: Uint32Array;
  readonly byId: Identity;
  readonly byPath: Identity;
}

/** Smaller collections are not worth comparing. */
export const LEAST_ENTRIES = 8;
/** Holders that retain less are not matched by path: an empty Map retains more. */
const PATH_LEAST_BYTES = 96;

export function takeFootprint(analysis: HeapAnalysis): Footprint {
  const { graph, selfSize, retainedSize, dominator, classes } = analysis;
  const totalBytes = retainedSize[graph.root]!;
  return {
    nodeCount: graph.nodeCount,
    totalBytes,
    kind: graph.nodeKind,
    selfSize,
    retainedSize,
    dominator,
    classes,
    entries: countEntries(analysis),
    byId: identifyById(analysis),
    byPath: identifyByPath(analysis, PATH_LEAST_BYTES),
  };
}

export function countEntries({ graph, namer }: HeapAnalysis): Uint32Array {
  const { nodeCount, nodeKind } = graph;
  const entries = new Uint32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue;
    const size = collectionSize(graph, namer.known, node);
    if (size !== undefined && size.entries >= LEAST_ENTRIES) entries[node] = size.entries;
  }
  return entries;
}
