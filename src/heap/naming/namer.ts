import { follow, nodeName, type HeapGraph } from '../graph.js';
import type { EdgeOrdinal, NodeOrdinal } from '../index-types.js';
import { EDGE_KINDS, EdgeKind, isIndexed, NODE_KINDS, NodeKind } from '../kinds.js';
import type { Classes } from '../passes/classes.js';
import { closuresByContext, isInternalFile, placeOfClosure, showPlace, type SourcePlace } from './scripts.js';
import { wellKnownNames, type WellKnown } from './well-known.js';

const MAX_NAME = 120;

/** What a variable belongs to. */
export interface Scope {
  readonly kind: 'module' | 'function';
  readonly place: SourcePlace;
  /** A function that closes over the scope; empty for an anonymous one. */
  readonly functionName: string;
}

/** Makes readable names for nodes and edges. Built once a graph; keeps 4 bytes a node. */
export class Namer {
  readonly known: WellKnown;
  readonly #graph: HeapGraph;
  readonly #classes: Classes;
  #closures: Uint32Array | undefined;

  constructor(graph: HeapGraph, classes: Classes) {
    this.#graph = graph;
    this.#classes = classes;
    this.known = wellKnownNames(graph);
  }

  className(node: number): string {
    return cut(this.#classes.names[this.#classes.of[node]!]!);
  }

  kind(node: number): string {
    return NODE_KINDS[this.#graph.nodeKind[node]!]!;
  }

  /**
   * Class, or something more specific: the name of a function or of V8's own object, the keys of a plain object. Never
   * a string's text.
   */
  label(node: number): string {
    const { nodeKind } = this.#graph;
    const kind = nodeKind[node]!;
    if (kind === NodeKind.closure)
      return `${cut(nodeName(this.#graph, node as NodeOrdinal)) || '(anonymous)'}()`;
    if (
      kind === NodeKind.hidden ||
      kind === NodeKind.code ||
      kind === NodeKind.synthetic ||
      kind === NodeKind.array
    ) {
      return cut(nodeName(this.#graph, node as NodeOrdinal)) || this.className(node);
    }
    const name = this.className(node);
    return name === 'Object' ? this.#shape(node) : name;
  }

  edgeKind(edge: number): string {
    return EDGE_KINDS[this.#graph.edgeKind[edge]!]!;
  }

  edgeName(edge: number): string {
    const { edgeKind, edgeName, strings } = this.#graph;
    const name = edgeName[edge]!;
    return isIndexed(edgeKind[edge]!) ? String(name) : cut(strings.text(name));
  }

  /** `sessions`, `.items`, `[12]`, `["a b"]`, `{table}`: as written in source code, V8's own in braces. */
  showEdge(edge: EdgeOrdinal): string {
    const name = this.edgeName(edge);
    switch (this.#graph.edgeKind[edge]) {
      case EdgeKind.context:
        return name;
      case EdgeKind.element:
        return `[${name}]`;
      case EdgeKind.property:
      case EdgeKind.shortcut:
        return /^[\p{L}_$#][\p{L}\p{N}_$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
      default:
        return `{${name}}`;
    }
  }

  /** The scope that a context represents; `undefined` if none of its functions is left, or its script has no name. */
  scope(context: number): Scope | undefined {
    this.#closures ??= closuresByContext(this.#graph, this.known);
    const closure = this.#closures[context]! - 1;
    if (closure < 0) return undefined;
    const place = placeOfClosure(this.#graph, this.known, closure);
    if (place === undefined) return undefined;
    const outer = follow(this.#graph, context, EdgeKind.internal, this.known.get('previous'));
    const isOutermost = outer < 0 || this.#graph.nodeName[outer] === this.known.get('system / NativeContext');
    return {
      kind: isOutermost ? 'module' : 'function',
      place,
      functionName: cut(nodeName(this.#graph, closure as NodeOrdinal)),
    };
  }

  place(closure: number): SourcePlace | undefined {
    return placeOfClosure(this.#graph, this.known, closure);
  }

  /** `{id, name, items}`: the keys of a plain object say more than its class. */
  #shape(node: number): string {
    const { firstEdge, edgeKind } = this.#graph;
    const keys: string[] = [];
    let length = 0;
    let more = false;
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (edgeKind[edge] !== EdgeKind.property) continue;
      const key = this.edgeName(edge);
      if (key === '__proto__') continue;
      if (keys.length === 6 || length + key.length > 60) {
        more = true;
        break;
      }
      keys.push(key);
      length += key.length;
    }
    return keys.length === 0 ? 'Object' : `Object {${keys.join(', ')}${more ? ', …' : ''}}`;
  }
}

/** `sessions in module src/cache.js`, `items in closure next (src/list.js:12)`. */
export function showVariable(name: string, { kind, place, functionName }: Scope): string {
  if (kind === 'module') return `${name} in module ${showPlace({ file: place.file })}`;
  return `${name} in closure ${functionName || '(anonymous)'} (${showPlace(place)})`;
}

export function isApplicationScope(scope: Scope | undefined): scope is Scope {
  return scope !== undefined && !isInternalFile(scope.place.file);
}

function cut(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}
