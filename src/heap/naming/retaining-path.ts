import type { HeapGraph } from '../graph.js';
import type { EdgeOrdinal, NodeOrdinal } from '../index-types.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import type { Distances } from '../passes/distances.js';
import { isApplicationScope, showVariable, type Namer, type Scope } from './namer.js';

/** One step down a path: the edge and what it leads to. */
export interface PathStep {
  readonly edge: string;
  readonly edgeKind: string;
  readonly node: string;
  readonly nodeKind: string;
  readonly id: number;
}

export interface RetainingPath {
  /** `sessions in module src/cache.js → Map → {table} → [12]`, from the last holder that the program itself named. */
  readonly text: string;
  /** All steps from the root; of a longer path only the first and last {@link MAX_STEPS} / 2. */
  readonly steps: readonly PathStep[];
  /** Number of steps in the whole path. */
  readonly length: number;
}

export const MAX_STEPS = 64;

/** Properties of every global object; any other was added by the program. */
const STANDARD_GLOBALS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  'global',
  'globalThis',
  'require',
  'module',
  'exports',
  '__proto__',
]);

/** The shortest path from the root to a node, by the edges of a breadth-first search; `undefined` if there is none. */
export function retainingPath(
  graph: HeapGraph,
  { via, from }: Distances,
  namer: Namer,
  target: NodeOrdinal,
): RetainingPath | undefined {
  const edges: EdgeOrdinal[] = [];
  const sources: NodeOrdinal[] = [];
  let length = 0;
  for (let node = target; node !== graph.root; length += 1) {
    const edge = via[node]! - 1;
    if (edge < 0) return undefined;
    const source = from[node]! as NodeOrdinal;
    edges.push(edge as EdgeOrdinal);
    sources.push(source);
    node = source;
  }
  edges.reverse();
  sources.reverse();
  const steps: PathStep[] = [];
  for (const [i, edge] of edges.entries()) {
    if (i < MAX_STEPS / 2 || i >= length - MAX_STEPS / 2) steps.push(step(graph, namer, edge));
  }
  return { text: pathText(graph, namer, edges, sources), steps, length };
}

function step(graph: HeapGraph, namer: Namer, edge: EdgeOrdinal): PathStep {
  const to = graph.edgeTo[edge]!;
  return {
    edge: namer.showEdge(edge),
    edgeKind: namer.edgeKind(edge),
    node: namer.label(to),
    nodeKind: namer.kind(to),
    id: graph.nodeId[to]!,
  };
}

/** Edges shown at each end of a long path. */
const SHOWN_EDGES = 6;

/**
 * Begins at the last variable or global that the program named, else at the first holder that is not a group of roots.
 */
function pathText(
  graph: HeapGraph,
  namer: Namer,
  edges: readonly EdgeOrdinal[],
  sources: readonly NodeOrdinal[],
): string {
  const best = bestAnchor(graph, namer, edges, sources);
  const start = best?.position ?? firstObject(graph, edges);
  const first = edges[start];
  if (first === undefined) return '(root)';
  const parts = [best?.text ?? namer.showEdge(first), namer.label(graph.edgeTo[first]!)];
  const skipped = edges.length - start - 1 - 2 * SHOWN_EDGES;
  for (let i = start + 1; i < edges.length; i++) {
    if (skipped > 0 && i === start + 1 + SHOWN_EDGES) {
      parts.push(`… ${skipped} more …`);
      i += skipped;
    }
    parts.push(namer.showEdge(edges[i]!), namer.label(graph.edgeTo[edges[i]!]!));
  }
  return parts.filter((part, i) => part !== parts[i - 1]).join(' → ');
}

function rankOf(scope: Scope): number {
  if (!isApplicationScope(scope)) return INTERNAL;
  return /[\\/]node_modules[\\/]/.test(scope.place.file) ? PACKAGE : OWN;
}

function bestAnchor(
  graph: HeapGraph,
  namer: Namer,
  edges: readonly EdgeOrdinal[],
  sources: readonly NodeOrdinal[],
): (Anchor & { position: number }) | undefined {
  let best: (Anchor & { position: number }) | undefined;
  for (const [position, edge] of edges.entries()) {
    const found = anchor(graph, namer, edge, sources[position]!, position);
    if (found === undefined) continue;
    // The last of the program's own names is the nearest to the held object.
    const isBetter =
      found.rank >= PACKAGE ? found.rank >= (best?.rank ?? 0) : best === undefined || found.rank > best.rank;
    if (isBetter) best = { ...found, position };
  }
  return best;
}

/** Ranks of a beginning: a name of the program or of a package, a standard global, a variable of Node's modules. */
const OWN = 4;
const PACKAGE = 3;
const STANDARD = 2;
const INTERNAL = 1;

interface Anchor {
  readonly text: string;
  readonly rank: number;
}

function anchor(
  graph: HeapGraph,
  namer: Namer,
  edge: EdgeOrdinal,
  source: NodeOrdinal,
  depth: number,
): Anchor | undefined {
  const kind = graph.edgeKind[edge];
  if (kind === EdgeKind.context) {
    const scope: Scope | undefined = namer.scope(source);
    if (scope === undefined) return undefined;
    return {
      text: showVariable(namer.edgeName(edge), scope),
      rank: rankOf(scope),
    };
  }
  if (kind !== EdgeKind.property || depth > 3 || !/^(global|Window|globalThis)\b/.test(namer.label(source))) {
    return undefined;
  }
  // An accessor has edges to its two functions: `get process` is as much Node's own as `process`.
  const name = namer.edgeName(edge).replace(/^(get|set) /, '');
  return { text: `globalThis${namer.showEdge(edge)}`, rank: STANDARD_GLOBALS.has(name) ? STANDARD : OWN };
}

/** The first edge that does not lead to one of V8's groups of roots. */
function firstObject({ nodeKind, edgeTo }: HeapGraph, edges: readonly EdgeOrdinal[]): number {
  const position = edges.findIndex((edge) => nodeKind[edgeTo[edge]!] !== NodeKind.synthetic);
  return position < 0 ? Math.max(0, edges.length - 1) : position;
}
