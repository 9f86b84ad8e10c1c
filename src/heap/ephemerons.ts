import type { HeapGraph } from './graph.js';
import type { StringTable } from './strings.js';

const MARK = ' / part of key (';
const TABLE = ' pair in WeakMap (table @';

/** What the name of an edge says of an entry of a WeakMap. */
export interface EphemeronName {
  /** V8's id of the WeakMap's table. */
  readonly tableId: number;
  /** The same for the two edges that stand for one entry: from its key and from its table. */
  readonly pair: string;
}

/**
 * V8 writes the value of a WeakMap's entry as held by two edges, one from the key and one from the table, both named
 * `N / part of key (K @1) -> value (V @2) pair in WeakMap (table @3)` (v8/src/profiler/heap-snapshot-generator.cc,
 * `ExtractEphemeronHashTableReferences`). Chrome DevTools reads the same form (`tryParseWeakMapEdgeName`).
 *
 * Returns `undefined` for any other name. Most names differ in the first bytes, so that no text is made of them.
 */
export function ephemeronName(strings: StringTable, name: number): EphemeronName | undefined {
  const length = strings.byteLength(name);
  if (length < MARK.length + TABLE.length || strings.byteAt(name, length - 1) !== 0x29) return undefined;
  let offset = 0;
  while (isDigit(strings.byteAt(name, offset))) offset += 1;
  if (offset === 0 || strings.byteAt(name, offset) !== 0x20) return undefined;
  const text = strings.text(name);
  const match = /@(\d{1,10})\)$/.exec(text);
  const pair = text.slice(offset);
  if (match?.[1] === undefined || !pair.startsWith(MARK) || !pair.includes(TABLE)) return undefined;
  return { tableId: Number(match[1]), pair };
}

/** Remembers which names are not those of a WeakMap's entries: nearly all, and most are asked for again and again. */
export class EphemeronNames {
  readonly #strings: StringTable;
  readonly #others: Uint8Array;

  constructor({ strings }: HeapGraph) {
    this.#strings = strings;
    this.#others = new Uint8Array(strings.count);
  }

  read(name: number): EphemeronName | undefined {
    if (this.#others[name] === 1) return undefined;
    const read = ephemeronName(this.#strings, name);
    if (read === undefined) this.#others[name] = 1;
    return read;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
