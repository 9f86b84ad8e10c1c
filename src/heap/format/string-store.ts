import type { HeapLimits } from '../limits.js';
import { BLOCK_BITS, StringTable } from '../strings.js';
import { nextRows } from './columns.js';
import { beyondLimit } from './faults.js';
import type { ScannedString, StringSink } from './string-list.js';

const BLOCK_SIZE = 2 ** BLOCK_BITS;
const FIRST_ROWS = 1024;

/** Keeps the bytes of the string section as they are, with the offset and length of each string. */
export class StringStore implements StringSink {
  readonly #limits: HeapLimits;
  readonly #blocks: Uint8Array[] = [];
  #length = 0;
  #starts: Uint32Array<ArrayBuffer>;
  #lengths: Uint32Array<ArrayBuffer>;
  #count = 0;

  constructor(limits: HeapLimits) {
    this.#limits = limits;
    const rows = Math.min(FIRST_ROWS, limits.maxStrings);
    this.#starts = new Uint32Array(rows);
    this.#lengths = new Uint32Array(rows);
  }

  string({ start, length }: ScannedString): void {
    const at = this.#count;
    if (at === this.#starts.length) this.#grow();
    this.#starts[at] = start;
    this.#lengths[at] = length;
    this.#count = at + 1;
  }

  bytes(chunk: Uint8Array, from: number, to: number): void {
    if (this.#length + to - from > this.#limits.maxStringBytes) {
      throw beyondLimit('bytes of strings', this.#limits.maxStringBytes);
    }
    for (let at = from; at < to;) {
      const offset = this.#length % BLOCK_SIZE;
      if (offset === 0) this.#blocks.push(new Uint8Array(BLOCK_SIZE));
      const part = Math.min(to - at, BLOCK_SIZE - offset);
      this.#blocks.at(-1)!.set(chunk.subarray(at, at + part), offset);
      this.#length += part;
      at += part;
    }
  }

  table(): StringTable {
    return new StringTable(this.#blocks, this.#starts, this.#lengths, this.#count);
  }

  #grow(): void {
    const { maxStrings } = this.#limits;
    if (this.#count === maxStrings) throw beyondLimit('strings', maxStrings);
    const rows = nextRows(this.#count, this.#count + 1, maxStrings);
    const [starts, lengths] = [this.#starts, this.#lengths];
    (this.#starts = new Uint32Array(rows)).set(starts);
    (this.#lengths = new Uint32Array(rows)).set(lengths);
  }
}
