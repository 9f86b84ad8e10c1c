import type { StringIndex } from './index-types.js';

export const BLOCK_BITS = 20;
const BLOCK_SIZE = 2 ** BLOCK_BITS;
const BLOCK_MASK = BLOCK_SIZE - 1;

/** The strings of a snapshot as the bytes of the file, in blocks of 1 MiB; text is decoded on demand. */
export class StringTable {
  readonly count: number;
  readonly #blocks: readonly Uint8Array[];
  readonly #starts: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #decoder = new TextDecoder();

  /** Bytes `start` to `start + length` of each string are those between its quotes, escapes included. */
  constructor(blocks: readonly Uint8Array[], starts: Uint32Array, lengths: Uint32Array, count: number) {
    this.#blocks = blocks;
    this.#starts = starts;
    this.#lengths = lengths;
    this.count = count;
  }

  /** Length in bytes of the file, which is that of the text if nothing is escaped. */
  byteLength(index: number): number {
    return this.#lengths[index] ?? 0;
  }

  /** One byte of a string; `undefined` beyond its end. */
  byteAt(index: number, offset: number): number | undefined {
    if (offset < 0 || offset >= this.byteLength(index)) return undefined;
    const at = this.#starts[index]! + offset;
    return this.#blocks[at >>> BLOCK_BITS]![at & BLOCK_MASK];
  }

  /** The text, decoded from at most `maxBytes` bytes. */
  text(index: number, maxBytes = 16_384): string {
    const length = this.byteLength(index);
    if (length === 0) return '';
    const text = this.#decoder.decode(this.#bytes(index, Math.min(length, maxBytes)));
    return text.includes('\\') ? unescapeJson(text) : text;
  }

  /** Whether the bytes of the string are those of an ASCII text without escapes. */
  equals(index: number, text: string): boolean {
    return this.byteLength(index) === text.length && this.startsWith(index, text);
  }

  startsWith(index: number, text: string): boolean {
    return this.hasAt(index, 0, text);
  }

  /** Whether an ASCII text is at that byte of the string. */
  hasAt(index: number, offset: number, text: string): boolean {
    if (offset < 0 || this.byteLength(index) < offset + text.length) return false;
    const start = this.#starts[index]! + offset;
    for (let i = 0; i < text.length; i++) {
      const at = start + i;
      if (this.#blocks[at >>> BLOCK_BITS]![at & BLOCK_MASK] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Whether two strings have the same bytes. */
  same(one: number, other: number): boolean {
    const length = this.#lengths[one]!;
    if (length !== this.#lengths[other]!) return false;
    const [from, to] = [this.#starts[one]!, this.#starts[other]!];
    for (let i = 0; i < length; i++) {
      const [a, b] = [from + i, to + i];
      if (this.#blocks[a >>> BLOCK_BITS]![a & BLOCK_MASK] !== this.#blocks[b >>> BLOCK_BITS]![b & BLOCK_MASK])
        return false;
    }
    return true;
  }

  /** Indices of those texts that are in the table, found in one pass. */
  find<T extends string>(texts: readonly T[]): ReadonlyMap<T, StringIndex> {
    const byLength = groupByLength(texts);
    const found = new Map<T, StringIndex>();
    for (let index = 0; index < this.count && found.size < texts.length; index++) {
      for (const text of byLength.get(this.#lengths[index]!) ?? []) {
        if (!found.has(text) && this.startsWith(index, text)) found.set(text, index as StringIndex);
      }
    }
    return found;
  }

  /** 32-bit FNV-1a hash of the bytes: equal texts of two files have equal hashes. */
  hash(index: number): number {
    const length = this.byteLength(index);
    const start = this.#starts[index]!;
    let hash = 0x811c9dc5;
    for (let at = start; at < start + length; at++) {
      hash = Math.imul(hash ^ this.#blocks[at >>> BLOCK_BITS]![at & BLOCK_MASK]!, 0x01000193);
    }
    return hash >>> 0;
  }

  #bytes(index: number, length: number): Uint8Array {
    const start = this.#starts[index]!;
    const end = start + length;
    const first = start >>> BLOCK_BITS;
    if ((end - 1) >>> BLOCK_BITS === first) {
      return this.#blocks[first]!.subarray(start & BLOCK_MASK, ((end - 1) & BLOCK_MASK) + 1);
    }
    const bytes = new Uint8Array(length);
    for (let at = start; at < end;) {
      const block = this.#blocks[at >>> BLOCK_BITS]!;
      const part = block.subarray(at & BLOCK_MASK, Math.min(BLOCK_SIZE, (at & BLOCK_MASK) + end - at));
      bytes.set(part, at - start);
      at += part.length;
    }
    return bytes;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Resolves JSON escapes; invalid ones are kept, so that a damaged name is still a name. */
function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (ESCAPES[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function groupByLength<T extends string>(texts: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const text of texts) groups.set(text.length, [...(groups.get(text.length) ?? []), text]);
  return groups;
}
