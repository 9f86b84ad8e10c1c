import { EphemeronNames } from '../ephemerons.js';
import type { HeapGraph } from '../graph.js';
import { isIndexed, NodeKind } from '../kinds.js';
import { EdgeMark, markEdges } from './edge-marks.js';
import { NodeSet } from './node-set.js';

/** Distance of a node that only weak edges lead to. */
export const UNREACHABLE = -5;
/** Distances from here on are of nodes that only the runtime holds; less this number, they count from the root. */
export const SYSTEM_DISTANCE = 100_000_000;

export interface Distances {
  /** Edges on the shortest path from a user root, as in Chrome DevTools. */
  readonly distance: Int32Array;
  /** The edge by which each node was first reached, plus 1; 0 for the root and unreachable nodes. */
  readonly via: Uint32Array;
  /** The source node of that edge. */
  readonly from: Uint32Array;
}

/**
 * Breadth-first distances as Chrome DevTools counts them (`calculateDistances` in
 * front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts): first from the program's global objects, then from the
 * root for the remaining nodes. Weak edges and links of shared descriptor arrays do not count; the value of a WeakMap
 * entry is as far as the farther of table and key.
 */
export function findDistances(graph: HeapGraph, { marks } = markEdges(graph)): Distances {
  const { nodeCount, firstEdge, edgeTo, nodeKind, nodeName, strings, root } = graph;
  const distance = new Int32Array(nodeCount).fill(UNREACHABLE);
  const via = new Uint32Array(nodeCount);
  const from = new Uint32Array(nodeCount).fill(root);
  const reached = new NodeSet(nodeCount);
  const queue = new Uint32Array(nodeCount);
  const filter = new EdgeFilter(graph);
  let length = 0;
  for (let edge = firstEdge[root]!; edge < firstEdge[root + 1]!; edge++) {
    const to = edgeTo[edge]!;
    const isUserRoot =
      nodeKind[to] !== NodeKind.synthetic || strings.equals(nodeName[to]!, '(Document DOM trees)');
    if (!isUserRoot || reached.has(to)) continue;
    reached.add(to);
    distance[to] = 1;
    via[to] = edge + 1;
    queue[length++] = to;
  }
  const hasUserRoots = length > 0;
  const search: Search = { graph, marks, filter, reached, queue, distances: { distance, via, from } };
  run(search, length);
  reached.add(root);
  distance[root] = hasUserRoots ? SYSTEM_DISTANCE : 0;
  via[root] = 0;
  queue[0] = root;
  run(search, 1);
  return { distance, via, from };
}

interface Search {
  readonly graph: HeapGraph;
  readonly marks: Uint8Array;
  readonly filter: EdgeFilter;
  readonly reached: NodeSet;
  readonly queue: Uint32Array;
  readonly distances: Distances;
}

/** Searches from the first `begun` nodes of the queue. */
function run({ graph, marks, filter, reached, queue, distances }: Search, begun: number): void {
  const { firstEdge, edgeTo } = graph;
  const { distance, via, from } = distances;
  let length = begun;
  for (let head = 0; head < length; head++) {
    const node = queue[head]!;
    const next = distance[node]! + 1;
    const end = firstEdge[node + 1]!;
    const isSpecial = filter.isSpecial(node);
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const mark = marks[edge]!;
      const target = edgeTo[edge]!;
      if ((mark & EdgeMark.weak) !== 0 || reached.has(target)) continue;
      if (isSpecial && !filter.passesSpecial(node, edge)) continue;
      if ((mark & EdgeMark.ephemeron) !== 0 && !filter.passesEphemeron(edge)) continue;
      reached.add(target);
      distance[target] = next;
      via[target] = edge + 1;
      from[target] = node;
      queue[length++] = target;
    }
  }
}

/** Decides which edges are not part of a path. */
class EdgeFilter {
  readonly #graph: HeapGraph;
  readonly #sloppyMap: number;
  readonly #nativeContext: number;
  readonly #descriptors: number;
  readonly #ephemerons: EphemeronNames;
  readonly #seenOnce = new Set<number>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    const names = graph.strings.find(['sloppy_function_map', 'system / NativeContext', '(map descriptors)']);
    this.#sloppyMap = names.get('sloppy_function_map') ?? -1;
    this.#nativeContext = names.get('system / NativeContext') ?? -1;
    this.#descriptors = names.get('(map descriptors)') ?? -1;
    this.#ephemerons = new EphemeronNames(graph);
  }

  /** Whether some edges of the node do not count, whatever their target. */
  isSpecial(node: number): boolean {
    const name = this.#graph.nodeName[node]!;
    if (name === this.#descriptors) return this.#graph.nodeKind[node] === NodeKind.array;
    return name === this.#nativeContext && this.#graph.nodeKind[node] === NodeKind.hidden;
  }

  passesSpecial(node: number, edge: number): boolean {
    const { nodeKind, edgeKind, edgeName, strings } = this.#graph;
    const name = edgeName[edge]!;
    const isNamed = !isIndexed(edgeKind[edge]!);
    if (nodeKind[node] === NodeKind.hidden) return !(isNamed && name === this.#sloppyMap);
    const index = isNamed ? Number.parseInt(strings.text(name), 10) : name;
    return !(index >= 2 && index % 3 === 1);
  }

  /** Whether the edge is the second one seen of the two to a WeakMap entry's value. */
  passesEphemeron(edge: number): boolean {
    const pair = this.#ephemerons.read(this.#graph.edgeName[edge]!)?.pair;
    if (pair === undefined || this.#seenOnce.delete(pair)) return true;
    this.#seenOnce.add(pair);
    return false;
  }
}
