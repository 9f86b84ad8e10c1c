import type { HeapGraph } from '../graph.js';
import { NodeKind } from '../kinds.js';

export interface ContextsAndDetached {
  /** Nodes of V8's native contexts: one per realm (the main program, each `vm` context, each frame of a browser). */
  readonly nativeContexts: readonly number[];
  /** Nodes that the embedder reports as detached, by class row. */
  readonly detached: ReadonlyMap<number, { readonly count: number; readonly selfBytes: number }>;
}

const DETACHED = 2;
const MAX_CONTEXTS = 1000;

/** Native contexts are large: each one kept after use keeps a whole set of built-in objects. */
export function findContexts(graph: HeapGraph, classOf: Uint32Array): ContextsAndDetached {
  const { nodeCount, nodeKind, nodeName, strings, detachedness, selfSize } = graph;
  const nativeContexts: number[] = [];
  const detached = new Map<number, { count: number; selfBytes: number }>();
  for (let node = 0; node < nodeCount; node++) {
    if (
      nodeKind[node] === NodeKind.hidden &&
      nativeContexts.length < MAX_CONTEXTS &&
      strings.startsWith(nodeName[node]!, 'system / NativeContext')
    ) {
      nativeContexts.push(node);
    }
    if (detachedness[node] !== DETACHED) continue;
    const row = classOf[node]!;
    const sum = detached.get(row) ?? { count: 0, selfBytes: 0 };
    sum.count += 1;
    sum.selfBytes += selfSize[node]!;
    detached.set(row, sum);
  }
  return { nativeContexts, detached };
}
