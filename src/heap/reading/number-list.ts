import { invalid } from './fault.js';
import { Byte, isWhitespace, showByte, type Section } from './section.js';

/** Whole numbers; of 32 bits, unless one among them is wider. */
export type Numbers = Int32Array | Float64Array;

/** Takes records of a fixed number of fields. */
export interface RecordSink {
  readonly fieldCount: number;
  /** Whether a field may be below zero. */
  readonly signed: boolean;
  /** `count` numbers are valid, whole records. The array is used again afterwards. */
  take(numbers: Numbers, count: number): void;
}

const RECORDS_A_BATCH = 8192;
/** 10 ** 15 is the largest power of ten below 2 ** 53, 10 ** 9 that below 2 ** 31. */
const MAX_DIGITS = 15;
const MAX_INT_DIGITS = 9;
/** The longest number of the fast loop, a line feed, a comma and one byte more. */
const MARGIN = MAX_INT_DIGITS + 3;

/**
 * Reads `[1,2,3]`, byte by byte. Nearly all of a snapshot is such lists, so that this decides on the speed of reading: no
 * strings, no objects, 32-bit arithmetic, and numbers are handed on in batches. A fast loop takes numbers as V8 writes
 * them; what is longer, negative, spaced or cut by the end of a chunk is seen byte by byte.
 */
export class NumberList implements Section {
  done = false;
  readonly #name: string;
  readonly #sink: RecordSink;
  readonly #batch: Int32Array<ArrayBuffer>;
  /** Numbers of the batch that are wider than its fields, by position. */
  readonly #wide = new Map<number, number>();
  #opened = false;
  #filled = 0;
  #any = false;
  #value = 0;
  #digits = 0;
  #negative = false;
  /** The last number has ended and its comma has not come. */
  #complete = false;

  constructor(name: string, sink: RecordSink) {
    this.#name = name;
    this.#sink = sink;
    this.#batch = new Int32Array(sink.fieldCount * RECORDS_A_BATCH);
  }

  read(chunk: Uint8Array, from: number): number {
    let i = this.#opened ? from : this.#open(chunk, from);
    while (i < chunk.length) {
      if (this.#digits === 0 && !this.#complete && !this.#negative) i = this.#readPlain(chunk, i);
      if (i === chunk.length) break;
      const byte = chunk[i++]!;
      const digit = byte - Byte.zero;
      if (digit >>> 0 <= 9) {
        this.#value = this.#value * 10 + digit;
        this.#digits += 1;
        continue;
      }
      this.#mark(byte);
      if (this.done) return i;
    }
    return i;
  }

  /** Numbers of few digits, each with its comma, from the beginning of one; stops in front of what is none. */
  #readPlain(chunk: Uint8Array, from: number): number {
    const batch = this.#batch;
    const end = chunk.length - MARGIN;
    let i = from;
    let filled = this.#filled;
    while (i < end) {
      let value = chunk[i]! - Byte.zero;
      if (value >>> 0 > 9) break;
      let at = i + 1;
      let digit = chunk[at]! - Byte.zero;
      const limit = i + MAX_INT_DIGITS;
      while (digit >>> 0 <= 9 && at < limit) {
        value = (Math.imul(value, 10) + digit) | 0;
        at += 1;
        digit = chunk[at]! - Byte.zero;
      }
      // V8 ends a record with a line feed before the comma.
      if (digit === Byte.lineFeed - Byte.zero) digit = chunk[++at]! - Byte.zero;
      if (digit !== Byte.comma - Byte.zero) break;
      i = at + 1;
      batch[filled++] = value;
      if (filled === batch.length) {
        this.#filled = filled;
        this.#flush();
        filled = 0;
      }
    }
    this.#filled = filled;
    return i;
  }

  #open(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && isWhitespace(chunk[i]!)) i += 1;
    if (i === chunk.length) return i;
    if (chunk[i] !== Byte.openBracket) {
      throw invalid(`"${this.#name}" is not a list of numbers but begins with ${showByte(chunk[i]!)}`);
    }
    this.#opened = true;
    return i + 1;
  }

  /** The number that has ended. */
  #add(): void {
    const value = this.#negative ? -this.#value : this.#value;
    if (this.#digits > MAX_DIGITS) throw invalid(`"${this.#name}" has a number of ${this.#digits} digits`);
    if (this.#digits > MAX_INT_DIGITS) this.#wide.set(this.#filled, value);
    this.#batch[this.#filled] = value;
    this.#filled += 1;
    this.#value = this.#digits = 0;
    this.#negative = false;
    this.#complete = true;
    if (this.#filled === this.#batch.length) this.#flush();
  }

  #flush(): void {
    this.#any = true;
    this.#sink.take(this.#wide.size === 0 ? this.#batch : this.#widened(), this.#filled);
    this.#filled = 0;
  }

  #widened(): Float64Array {
    const numbers = Float64Array.from(this.#batch);
    for (const [at, value] of this.#wide) numbers[at] = value;
    this.#wide.clear();
    return numbers;
  }

  /** What is no digit. */
  #mark(byte: number): void {
    if (this.#digits > 0) {
      if (this.#complete) throw invalid(`"${this.#name}" has two numbers without a comma`);
      this.#add();
    }
    if (isWhitespace(byte) && !this.#negative) return;
    if (byte === Byte.comma && this.#complete) {
      this.#complete = false;
    } else if (byte === Byte.minus && this.#sink.signed && !this.#complete && !this.#negative) {
      this.#negative = true;
    } else if (byte === Byte.closeBracket && (this.#complete || (!this.#any && this.#filled === 0))) {
      this.#finish();
    } else {
      throw invalid(`"${this.#name}" has ${showByte(byte)} where a number is expected`);
    }
  }

  #finish(): void {
    if (this.#filled % this.#sink.fieldCount !== 0) {
      throw invalid(`"${this.#name}" ends within a record of ${this.#sink.fieldCount} fields`);
    }
    if (this.#filled > 0) this.#flush();
    this.done = true;
  }
}
