import { Byte, isWhitespace, showByte } from './bytes.js';
import type { Faults } from './faults.js';
import type { Section } from './scanner.js';

/** Whole numbers of 32 bits, or wider if one of them needs it. */
export type Numbers = Int32Array | Float64Array;

/** Takes the rows of a list such as `nodes` or `edges`. */
export interface RowSink {
  /** Numbers per row. */
  readonly width: number;
  /** Whether numbers may be negative. */
  readonly signed?: boolean;
  /** `count` valid numbers, in whole rows. The sink may change the array until it returns. */
  take(numbers: Numbers, count: number): void;
  /** Called after the last row. */
  end?(): void;
}

const ROWS_A_BATCH = 4096;
/** 10 ** 9 is the largest power of ten below 2 ** 31. */
const MAX_INT_DIGITS = 9;
/** 10 ** 15 is the largest power of ten below 2 ** 53. */
const MAX_DIGITS = 15;
/** The longest number of {@link NumberList.#readPlain}, a line feed, a comma and one more byte. */
const MARGIN = MAX_INT_DIGITS + 3;

/** Reads `[1,2,3]` and hands the numbers on in batches of whole rows. */
export class NumberList implements Section {
  done = false;
  readonly #name: string;
  readonly #sink: RowSink;
  readonly #faults: Faults;
  readonly #values: Int32Array;
  /** Numbers in the batch. */
  #count = 0;
  /** Numbers in the batch that may not fit in 32 bits, by position. */
  readonly #wide = new Map<number, number>();
  #opened = false;
  #any = false;
  /** State of the number being read byte by byte. */
  #value = 0;
  #digits = 0;
  #negative = false;
  /** The last number has ended, but its comma has not come yet. */
  #complete = false;

  constructor(faults: Faults, name: string, sink: RowSink) {
    this.#faults = faults;
    this.#name = name;
    this.#sink = sink;
    this.#values = new Int32Array(sink.width * ROWS_A_BATCH);
  }

  read(chunk: Uint8Array, from: number): number {
    let i = this.#opened ? from : this.#open(chunk, from);
    while (i < chunk.length) {
      if (this.#digits === 0 && !this.#complete && !this.#negative) {
        i = this.#readPlain(chunk, i);
        if (this.#isFull()) {
          this.#flush();
          continue;
        }
      }
      const byte = chunk[i++]!;
      const digit = byte - Byte.zero;
      if (digit >>> 0 <= 9) {
        if (this.#digits === 1 && this.#value === 0) throw this.#unexpected(byte, 'behind a leading zero');
        this.#value = this.#value * 10 + digit;
        this.#digits += 1;
        continue;
      }
      this.#mark(byte);
      if (this.done) return i;
    }
    return i;
  }

  /**
   * The loop that decides how fast a snapshot is read, since nearly all of it is lists of whole numbers. It takes
   * numbers as V8 writes them, each followed by a comma, until the batch is full. Numbers that are longer, negative,
   * spaced or cut by the end of a chunk are read byte by byte.
   *
   * @param from where a number begins
   * @returns where the first unread number begins
   */
  #readPlain(bytes: Uint8Array, from: number): number {
    const values = this.#values;
    const end = bytes.length - MARGIN;
    const room = values.length;
    let at = from;
    let count = this.#count;
    while (at < end && count < room) {
      let value = bytes[at]! - Byte.zero;
      if (value >>> 0 > 9) break;
      let next = at + 1;
      let digit = bytes[next]! - Byte.zero;
      // JSON allows no leading zero.
      if (value === 0 && digit >>> 0 <= 9) break;
      const limit = at + MAX_INT_DIGITS;
      while (digit >>> 0 <= 9 && next < limit) {
        value = (Math.imul(value, 10) + digit) | 0;
        next += 1;
        digit = bytes[next]! - Byte.zero;
      }
      // V8 ends a row with a line feed before the comma.
      if (digit === Byte.lineFeed - Byte.zero) {
        next += 1;
        digit = bytes[next]! - Byte.zero;
      }
      if (digit !== Byte.comma - Byte.zero) break;
      at = next + 1;
      values[count] = value;
      count += 1;
    }
    this.#count = count;
    return at;
  }

  #open(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && isWhitespace(chunk[i]!)) i += 1;
    if (i === chunk.length) return i;
    if (chunk[i] !== Byte.openBracket) throw this.#unexpected(chunk[i]!, 'in its place');
    this.#opened = true;
    return i + 1;
  }

  /** Adds the number that has ended. */
  #add(): void {
    const value = this.#negative ? -this.#value : this.#value;
    if (this.#digits > MAX_DIGITS)
      throw this.#faults.invalid(`"${this.#name}" has a number of ${this.#digits} digits`);
    if (this.#digits > MAX_INT_DIGITS) this.#wide.set(this.#count, value);
    this.#values[this.#count] = value;
    this.#count += 1;
    this.#value = this.#digits = 0;
    this.#negative = false;
    this.#complete = true;
    if (this.#isFull()) this.#flush();
  }

  #isFull(): boolean {
    return this.#count === this.#values.length;
  }

  #flush(): void {
    this.#any = true;
    this.#sink.take(this.#wide.size === 0 ? this.#values : this.#widened(), this.#count);
    this.#count = 0;
  }

  #widened(): Float64Array {
    const numbers = Float64Array.from(this.#values);
    for (const [at, value] of this.#wide) numbers[at] = value;
    this.#wide.clear();
    return numbers;
  }

  /** Handles a byte that is not a digit. */
  #mark(byte: number): void {
    if (this.#digits > 0) {
      if (this.#complete) throw this.#unexpected(byte, 'where a comma is expected');
      this.#add();
    }
    if (isWhitespace(byte) && !this.#negative) return;
    if (byte === Byte.comma && this.#complete) {
      this.#complete = false;
    } else if (byte === Byte.minus && this.#sink.signed === true && !this.#complete && !this.#negative) {
      this.#negative = true;
    } else if (byte === Byte.closeBracket && (this.#complete || (!this.#any && this.#count === 0))) {
      this.#finish();
    } else {
      throw this.#unexpected(byte, 'where a number is expected');
    }
  }

  #finish(): void {
    const { width } = this.#sink;
    if (this.#count % width !== 0)
      throw this.#faults.invalid(`"${this.#name}" ends within a row of ${width} numbers`);
    if (this.#count > 0) this.#flush();
    this.#sink.end?.();
    this.done = true;
  }

  #unexpected(byte: number, what: string): Error {
    return this.#faults.invalid(`"${this.#name}" is no list of whole numbers`, `${showByte(byte)} ${what}`);
  }
}
