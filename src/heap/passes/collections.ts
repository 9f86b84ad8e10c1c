import { follow, type HeapGraph } from '../graph.js';
import { EdgeKind, NodeKind } from '../kinds.js';
import type { WellKnown } from '../naming/well-known.js';

/** How much a collection holds. */
export interface CollectionSize {
  readonly kind: 'Map' | 'Set' | 'Array' | 'object';
  /** Entries visible in a snapshot. Small integers are not in it, so an entry of nothing else is not seen. */
  readonly entries: number;
  /** Number of entries that fit; 0 if the snapshot does not say. */
  readonly capacity: number;
}

const HEADER = 3;

/**
 * The layout of V8's `OrderedHashMap` and `OrderedHashSet` (v8/src/objects/ordered-hash-table.h), from the size of the
 * table: 3 words, a power of two of buckets, and per bucket two entries of 3 words (Map) or 2 (Set).
 */
export function tableLayout(
  bytes: number,
): { kind: 'Map' | 'Set'; first: number; width: number; capacity: number } | undefined {
  for (const word of [8, 4]) {
    const words = bytes / word - 2 - HEADER;
    for (const [kind, width] of [
      ['Map', 3],
      ['Set', 2],
    ] as const) {
      const buckets = words / (1 + 2 * width);
      if (buckets >= 1 && Number.isInteger(Math.log2(buckets))) {
        return { kind, first: HEADER + buckets, width, capacity: 2 * buckets };
      }
    }
  }
  return undefined;
}

/** Size of an object as a collection: entries of a Map or Set, elements of an Array, properties of any other object. */
export function collectionSize(graph: HeapGraph, names: WellKnown, node: number): CollectionSize | undefined {
  if (graph.nodeKind[node] !== NodeKind.object) return undefined;
  const table = follow(graph, node, EdgeKind.internal, names.get('table'));
  if (table >= 0 && graph.nodeKind[table] === NodeKind.array) return tableSize(graph, table);
  return ownSize(graph, names, node);
}

function tableSize(graph: HeapGraph, table: number): CollectionSize | undefined {
  const layout = tableLayout(graph.selfSize[table]!);
  if (layout === undefined) return undefined;
  const { firstEdge, edgeName, edgeKind, strings } = graph;
  const { kind, first, width, capacity } = layout;
  let entries = 0;
  let last = -1;
  for (let edge = firstEdge[table]!; edge < firstEdge[table + 1]!; edge++) {
    const slot = edgeKind[edge] === EdgeKind.internal ? slotOf(strings, edgeName[edge]!) : edgeName[edge]!;
    if (slot < first) continue;
    const entry = Math.floor((slot - first) / width);
    if (entry === last) continue;
    entries += 1;
    last = entry;
  }
  return { kind, entries: Math.min(entries, capacity), capacity };
}

/** V8 names table slots by their number as text; -1 for any other name. */
function slotOf(strings: HeapGraph['strings'], name: number): number {
  const length = strings.byteLength(name);
  if (length === 0 || length > 9) return -1;
  let slot = 0;
  for (let i = 0; i < length; i++) {
    const digit = strings.byteAt(name, i)! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    slot = slot * 10 + digit;
  }
  return slot;
}

function ownSize(graph: HeapGraph, names: WellKnown, node: number): CollectionSize {
  const { firstEdge, edgeKind, edgeName, edgeTo, selfSize, nodeName } = graph;
  const proto = names.get('__proto__');
  const elementsName = names.get('elements');
  let elements = 0;
  let properties = 0;
  let store = -1;
  for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
    const kind = edgeKind[edge];
    if (kind === EdgeKind.element) elements += 1;
    else if (kind === EdgeKind.property && edgeName[edge] !== proto) properties += 1;
    else if (kind === EdgeKind.internal && edgeName[edge] === elementsName) store = edgeTo[edge]!;
  }
  const isArray = nodeName[node] === names.get('Array');
  const capacity = store < 0 ? 0 : Math.max(0, Math.floor(selfSize[store]! / 8) - 2);
  return isArray
    ? { kind: 'Array', entries: elements, capacity }
    : { kind: 'object', entries: elements + properties, capacity };
}
