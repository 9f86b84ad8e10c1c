import type { HeapGraph } from '../graph.js';
import { NODE_KINDS, NodeKind } from '../kinds.js';

/** A program has a few thousand; a file with a class for every object must not fill memory. */
const MAX_CLASSES = 500_000;
const MORE = '(more classes)';

/** The class of each node, named as in Chrome DevTools. */
export interface Classes {
  /** Row of {@link names} by node. */
  readonly of: Uint32Array;
  readonly names: readonly string[];
}

/**
 * Objects and native objects belong to the class given by their name (`<div id="a">` to `<div>`), functions to
 * `Function`, others to their kind in brackets, such as `(string)`: `getNodeClassIndex` of Chrome DevTools
 * (front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts). Unlike there, plain objects are all one class,
 * `Object`.
 */
export function classify(graph: HeapGraph): Classes {
  const { nodeCount, nodeKind, nodeName, strings } = graph;
  const of = new Uint32Array(nodeCount);
  const names: string[] = [];
  const rows = new Map<string, number>();
  const rowOf = (name: string): number => {
    let row = rows.get(name);
    if (row === undefined) {
      if (names.length >= MAX_CLASSES && name !== MORE) return rowOf(MORE);
      row = names.push(name) - 1;
      rows.set(name, row);
    }
    return row;
  };
  const byKind = NODE_KINDS.map((kind, number) => rowOf(CLASS_OF_KIND[number] ?? `(${kind})`));
  // Row + 1 by string, so that a name is decoded once, not for each of its nodes.
  const byName = new Uint32Array(strings.count);
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]!;
    if (kind !== NodeKind.object && kind !== NodeKind.native) {
      of[node] = byKind[kind]!;
      continue;
    }
    const name = nodeName[node]!;
    if (byName[name] === 0) byName[name] = rowOf(classOfElement(strings.text(name))) + 1;
    of[node] = byName[name]! - 1;
  }
  return { of, names };
}

/** Classes not named after the kind itself. */
export const CLASS_OF_KIND: Readonly<Record<number, string>> = {
  [NodeKind.hidden]: '(system)',
  [NodeKind.code]: '(compiled code)',
  [NodeKind.closure]: 'Function',
  [NodeKind.regexp]: 'RegExp',
};

/** `<div id="a">` is a `<div>`. */
export function classOfElement(name: string): string {
  const start = name.startsWith('Detached <') ? 10 : 0;
  if (start === 0 && !name.startsWith('<')) return name;
  const space = name.indexOf(' ', start);
  return space < 0 ? name : `${name.slice(0, space)}>`;
}
