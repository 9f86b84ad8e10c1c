import type { HeapAnalysis } from '../analysis.js';
import type { NodeOrdinal } from '../index-types.js';
import { retainingPath, type RetainingPath } from '../naming/retaining-path.js';
import type { ObjectSummary } from './summary.js';

export function describeObject(analysis: HeapAnalysis, node: number): ObjectSummary {
  const { graph, selfSize, retainedSize, namer } = analysis;
  return {
    id: graph.nodeId[node]!,
    kind: namer.kind(node),
    class: namer.className(node),
    label: namer.label(node),
    selfBytes: selfSize[node]!,
    retainedBytes: retainedSize[node]!,
  };
}

/** The path from the root to a node, for spreading into its description; empty if there is none. */
export function pathTo(
  { graph, distances, namer }: HeapAnalysis,
  node: number,
): { readonly path?: RetainingPath } {
  const path = retainingPath(graph, distances, namer, node as NodeOrdinal);
  return path === undefined ? {} : { path };
}
