import type { HeapGraph } from './graph.js';
import type { StringTable } from './strings.js';

const MARK = ' / part of key (';
const TABLE = ' pair in WeakMap (table @';
const CLOSE = 0x29;
const ZERO = 0x30;

/** What an edge name says about a WeakMap entry. */
export interface EphemeronName {
  /** V8's id of the WeakMap's table. */
  readonly tableId: number;
  /** A 53-bit hash, the same for the two edges of one entry: from its key and from its table. */
  readonly pair: number;
}

/**
 * V8 writes the value of a WeakMap entry as held by two edges, one from the key and one from the table, both named
 * `N / part of key (K @1) -> value (V @2) pair in WeakMap (table @3)` (v8/src/profiler/heap-snapshot-generator.cc,
 * `ExtractEphemeronHashTableReferences`). Chrome DevTools reads the same form (`tryParseWeakMapEdgeName`).
 *
 * Returns `undefined` for any other name. Bytes are compared backwards, since nearly all other names differ at the
 * end.
 */
export function ephemeronName(strings: StringTable, name: number): EphemeronName | undefined {
  const length = strings.byteLength(name);
  if (length < MARK.length + TABLE.length || strings.byteAt(name, length - 1) !== CLOSE) return undefined;
  let end = length - 2;
  let tableId = 0;
  for (let power = 1; power <= 1e9 && isDigit(strings.byteAt(name, end)); power *= 10, end--) {
    tableId += (strings.byteAt(name, end)! - ZERO) * power;
  }
  if (end === length - 2 || !strings.hasAt(name, end - TABLE.length + 1, TABLE)) return undefined;
  let start = 0;
  while (isDigit(strings.byteAt(name, start))) start += 1;
  if (start === 0 || !strings.hasAt(name, start, MARK)) return undefined;
  return { tableId, pair: hashFrom(strings, name, start) };
}

function hashFrom(strings: StringTable, name: number, start: number): number {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = start; i < strings.byteLength(name); i++) {
    const byte = strings.byteAt(name, i)!;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b) + 1;
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}

/** Caches which names are not WeakMap entries: nearly all, and most are asked for repeatedly. */
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
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
