import { invalid } from './fault.js';
import { Byte, isWhitespace, showByte, type Section } from './section.js';

/** Takes records of a fixed number of fields. */
export interface RecordSink {
  readonly fieldCount: number;
  /** Whether a field may be below zero. */
  readonly signed: boolean;
  /** `count` numbers are valid, whole records. The array is used again afterwards. */
  take(numbers: Float64Array, count: number): void;
}

const RECORDS_A_BATCH = 8192;
/** 10 ** 15 is the largest power of ten below 2 ** 53, 10 ** 9 that below 2 ** 31. */
const MAX_DIGITS = 15;
const MAX_INT_DIGITS = 9;

/**
 * Reads `[1,2,3]`, byte by byte. Nearly all of a snapshot is such lists, so that this loop decides on the speed of reading:
 * no strings, no objects, 32-bit arithmetic as far as it goes, and numbers are handed on in batches.
 */
export class NumberList implements Section {
  done = false;
  readonly #name: string;
  readonly #sink: RecordSink;
  readonly #batch: Float64Array;
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
    this.#batch = new Float64Array(sink.fieldCount * RECORDS_A_BATCH);
  }

  read(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    const batch = this.#batch;
    let i = this.#opened ? from : this.#open(chunk, from);
    let filled = this.#filled;
    let digits = this.#digits;
    let value = digits > MAX_INT_DIGITS ? 0 : this.#value;
    let wide = this.#value;
    let isPlain = !this.#complete && !this.#negative;
    while (i < end) {
      const byte = chunk[i++]!;
      const digit = byte - Byte.zero;
      if (digit >>> 0 <= 9) {
        if (digits < MAX_INT_DIGITS) value = (Math.imul(value, 10) + digit) | 0;
        else wide = (digits === MAX_INT_DIGITS ? value : wide) * 10 + digit;
        digits += 1;
        continue;
      }
      // V8 ends a record with a line feed before the comma.
      const isEnd = byte === Byte.comma || (byte === Byte.lineFeed && i < end && chunk[i] === Byte.comma);
      if (isPlain && digits > 0 && digits <= MAX_DIGITS && isEnd) {
        if (byte === Byte.lineFeed) i += 1;
        batch[filled++] = digits > MAX_INT_DIGITS ? wide : value;
        if (filled === batch.length) filled = this.#flush(filled);
      } else {
        this.#filled = filled;
        this.#mark(byte, digits > MAX_INT_DIGITS ? wide : value, digits);
        if (this.done) return i;
        filled = this.#filled;
        isPlain = !this.#complete && !this.#negative;
      }
      value = 0;
      digits = 0;
    }
    this.#filled = filled;
    this.#digits = digits;
    this.#value = digits > MAX_INT_DIGITS ? wide : value;
    return end;
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

  #add(value: number, digits: number): void {
    if (digits > MAX_DIGITS) throw invalid(`"${this.#name}" has a number of ${digits} digits`);
    this.#batch[this.#filled] = this.#negative ? -value : value;
    this.#negative = false;
    this.#filled += 1;
    if (this.#filled === this.#batch.length) this.#filled = this.#flush(this.#filled);
  }

  #flush(filled: number): number {
    this.#any = true;
    this.#sink.take(this.#batch, filled);
    return 0;
  }

  /** What is neither a digit nor the usual end of a number. */
  #mark(byte: number, value: number, digits: number): void {
    if (digits > 0) {
      if (this.#complete) throw invalid(`"${this.#name}" has two numbers without a comma`);
      this.#add(value, digits);
      this.#complete = true;
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
    if (this.#filled > 0) this.#flush(this.#filled);
    this.done = true;
  }
}
