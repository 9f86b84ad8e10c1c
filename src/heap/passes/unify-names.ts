import type { HeapGraph } from '../graph.js';
import { isIndexed } from '../kinds.js';
import type { StringTable } from '../strings.js';

/**
 * Gives all nodes and edges of one name one index, as the passes compare names by index. V8 writes each text once; a
 * redacted file has an entry for each use of a text, since text kept as a name may have to be replaced elsewhere.
 */
export function unifyNames({ strings, nodeName, edgeName, edgeKind }: HeapGraph): void {
  const first = firstOfEach(strings);
  if (first === undefined) return;
  for (let node = 0; node < nodeName.length; node++) nodeName[node] = first[nodeName[node]!]!;
  for (let edge = 0; edge < edgeName.length; edge++) {
    if (!isIndexed(edgeKind[edge]!)) edgeName[edge] = first[edgeName[edge]!]!;
  }
}

/** For each string the first one with the same text; undefined if there are no duplicate names. */
function firstOfEach(strings: StringTable): Uint32Array | undefined {
  const { count } = strings;
  const first = new Uint32Array(count);
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, 2 * count))));
  const mask = slots.length - 1;
  let repeats = 0;
  for (let index = 0; index < count; index++) {
    let slot = strings.hash(index) & mask;
    while (slots[slot] !== 0 && !strings.same(slots[slot]! - 1, index)) slot = (slot + 1) & mask;
    if (slots[slot] === 0) slots[slot] = index + 1;
    else if (strings.byteLength(index) > 0) repeats += 1;
    first[index] = slots[slot]! - 1;
  }
  return repeats === 0 ? undefined : first;
}
