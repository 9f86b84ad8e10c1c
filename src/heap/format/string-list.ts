import { BLOCK_BITS, StringTable } from '../strings.js';
import type { HeapLimits } from '../limits.js';
import { grow32 } from './columns.js';
import { beyondLimit, invalid } from './fault.js';
import { Byte, isWhitespace, showByte, type Section } from './section.js';

const BLOCK_SIZE = 2 ** BLOCK_BITS;

const State = { begin: 0, between: 1, inside: 2, escaped: 3, after: 4 } as const;

/** Keeps the bytes of `["a","b"]` as they are and notes where each string begins and how long it is. */
export class StringList implements Section {
  done = false;
  readonly #limits: HeapLimits;
  readonly #blocks: Uint8Array[] = [];
  #length = 0;
  #starts = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;
  #state: number = State.begin;

  constructor(limits: HeapLimits) {
    this.#limits = limits;
  }

  read(chunk: Uint8Array, from: number): number {
    // Positions count from the first byte of the section.
    const shift = this.#length - from;
    const end = chunk.length;
    let i = from;
    while (i < end && !this.done) {
      if (this.#state === State.inside) i = this.#endOfString(chunk, i, shift);
      else this.#structure(chunk[i]!, ++i + shift);
    }
    this.#append(chunk, from, i);
    return i;
  }

  table(): StringTable {
    return new StringTable(this.#blocks, this.#starts, this.#lengths, this.#count);
  }

  #endOfString(chunk: Uint8Array, from: number, shift: number): number {
    const end = chunk.length;
    for (let i = from; i < end; i++) {
      const byte = chunk[i]!;
      if (byte === Byte.quote) {
        this.#lengths[this.#count] = i + shift - this.#starts[this.#count]!;
        this.#count += 1;
        this.#state = State.after;
        return i + 1;
      }
      if (byte === Byte.backslash) {
        this.#state = State.escaped;
        return i + 1;
      }
    }
    return end;
  }

  /** One byte outside the plain part of a string; `next` is the position after it. */
  #structure(byte: number, next: number): void {
    const state = this.#state;
    if (state === State.escaped) {
      this.#state = State.inside;
    } else if (isWhitespace(byte)) {
      return;
    } else if (state === State.begin && byte === Byte.openBracket) {
      this.#state = State.between;
    } else if (state === State.between && byte === Byte.quote) {
      this.#begin(next);
    } else if (state === State.after && byte === Byte.comma) {
      this.#state = State.between;
    } else if (
      byte === Byte.closeBracket &&
      (state === State.after || (state === State.between && this.#count === 0))
    ) {
      this.done = true;
    } else {
      throw invalid(`"strings" has ${showByte(byte)} where a string is expected`);
    }
  }

  #begin(position: number): void {
    if (this.#count === this.#limits.maxStrings) throw beyondLimit('strings', this.#limits.maxStrings);
    this.#starts = grow32(this.#starts, this.#count + 1, this.#limits.maxStrings);
    this.#lengths = grow32(this.#lengths, this.#count + 1, this.#limits.maxStrings);
    this.#starts[this.#count] = position;
    this.#state = State.inside;
  }

  #append(chunk: Uint8Array, from: number, to: number): void {
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
}
