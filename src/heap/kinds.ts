/**
 * Kinds of nodes by the names V8 gives them in `node_types`, in the order of V8's `HeapEntry::Type`
 * (v8/src/profiler/heap-snapshot-generator.h). A file may number them differently; the reader translates.
 */
export const NODE_KINDS = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
  'wasm object',
  'unknown',
] as const;

/** Kinds of edges by their names in `edge_types`, in the order of V8's `HeapGraphEdge::Type`. */
export const EDGE_KINDS = [
  'context',
  'element',
  'property',
  'internal',
  'hidden',
  'shortcut',
  'weak',
  'unknown',
] as const;

export type NodeKindName = (typeof NODE_KINDS)[number];
export type EdgeKindName = (typeof EDGE_KINDS)[number];

/** Numbers of {@link NODE_KINDS}, for comparisons within loops. */
export const NodeKind = {
  hidden: 0,
  array: 1,
  string: 2,
  object: 3,
  code: 4,
  closure: 5,
  regexp: 6,
  native: 8,
  synthetic: 9,
  consString: 10,
  slicedString: 11,
  unknown: 16,
} as const;

/** Numbers of {@link EDGE_KINDS}. */
export const EdgeKind = {
  context: 0,
  element: 1,
  property: 2,
  internal: 3,
  hidden: 4,
  shortcut: 5,
  weak: 6,
  unknown: 7,
} as const;

/** Whether such an edge's `name_or_index` is a number, not a string. */
export function isIndexed(edgeKind: number): boolean {
  return edgeKind === EdgeKind.element || edgeKind === EdgeKind.hidden || edgeKind === EdgeKind.unknown;
}
