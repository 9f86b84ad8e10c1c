import type { HeapAnalysis } from '../analysis.js';
import { isIndexed, NodeKind } from '../kinds.js';

/**
 * Identifies an object across snapshots. Two numbers a node, so that only a 64-bit collision confuses two objects;
 * both 0 means no identity.
 */
export interface Identity {
  readonly key: Uint32Array;
  readonly check: Uint32Array;
}

/** V8's ids: exact within one process, meaningless between two. */
export function identifyById({ graph }: HeapAnalysis): Identity {
  return { key: graph.nodeId, check: new Uint32Array(graph.nodeCount).fill(1) };
}

/**
 * The names along the shortest path, for snapshots whose ids do not match: two runs of a program, or two forks of a
 * process, each of which assigns its own ids. A path begins at the root or at the variables of a module or function,
 * which are identified by their file. Nodes reached through a numbered slot (an array element, a Map entry) have no
 * identity, since slots are interchangeable. Only nodes that retain `leastBytes` get one.
 */
export function identifyByPath(analysis: HeapAnalysis, leastBytes: number): Identity {
  const { graph, distances, retainedSize } = analysis;
  const { nodeCount, root } = graph;
  const { via, from: holder } = distances;
  const key = new Uint32Array(nodeCount);
  const check = new Uint32Array(nodeCount);
  const known = new Uint8Array(nodeCount);
  const steps = new StepHashes(analysis);
  key[root] = 1;
  check[root] = 1;
  known[root] = 1;
  const path: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    if (retainedSize[node]! < leastBytes) continue;
    for (let at = node; known[at] === 0 && via[at] !== 0;) {
      path.push(at);
      at = holder[at]!;
    }
    for (let to = path.pop(); to !== undefined; to = path.pop()) {
      known[to] = 1;
      const edge = via[to]! - 1;
      const source = holder[to]!;
      const anchor = steps.scope(to);
      const step = anchor ?? steps.edge(source, edge);
      const from = anchor === undefined ? source : root;
      if (step === undefined || key[from] === 0) continue;
      key[to] = mix(key[from]!, step) || 1;
      check[to] = mix(check[from]! ^ 0x5bd1e995, step ^ steps.nodeClass(to)) || 1;
    }
  }
  return { key, check };
}

/** Hashes of the parts of a path; each text is hashed once. */
class StepHashes {
  readonly #analysis: HeapAnalysis;
  /** By string; 0 means not computed yet. */
  readonly #names: Uint32Array;
  readonly #classes: Uint32Array;
  readonly #context: number | undefined;

  constructor(analysis: HeapAnalysis) {
    this.#analysis = analysis;
    this.#names = new Uint32Array(analysis.graph.strings.count);
    this.#classes = Uint32Array.from(analysis.classes.names, hashText);
    this.#context = analysis.namer.known.get('system / Context');
  }

  nodeClass(node: number): number {
    return this.#classes[this.#analysis.classes.of[node]!]!;
  }

  /** For the variables of a module or function: where it was written. */
  scope(node: number): number | undefined {
    const { graph, namer } = this.#analysis;
    if (graph.nodeKind[node] !== NodeKind.object || graph.nodeName[node] !== this.#context) return undefined;
    const scope = namer.scope(node);
    if (scope === undefined) return undefined;
    // For a module, which of its functions was found is arbitrary; for a call, it identifies the function.
    const { file, line, column } = scope.place;
    return hashText(scope.kind === 'module' ? file : `${file}:${line}:${column}`);
  }

  /** For an edge, by name; numbers count only among V8's groups of roots, which are always the same. */
  edge(source: number, edge: number): number | undefined {
    const { graph } = this.#analysis;
    const { edgeKind, edgeName, edgeTo, strings, nodeKind } = graph;
    const name = edgeName[edge]!;
    const to = edgeTo[edge]!;
    if (isIndexed(edgeKind[edge]!) || isSlotName(strings, name)) {
      const isGroup = nodeKind[source] === NodeKind.synthetic && nodeKind[to] === NodeKind.synthetic;
      return isGroup || source === graph.root ? this.nodeClass(to) ^ nodeKind[to]! : undefined;
    }
    if (this.#names[name] === 0) this.#names[name] = strings.hash(name);
    return this.#names[name]! ^ nodeKind[to]!;
  }
}

/** V8 names table slots by number, such as `12`. */
function isSlotName(strings: HeapAnalysis['graph']['strings'], name: number): boolean {
  const first = strings.byteAt(name, 0);
  return first !== undefined && first >= 0x30 && first <= 0x39;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain) over both words. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (b >>> 0), 0x85ebca6b) + Math.imul(b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
