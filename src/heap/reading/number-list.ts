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
/** 10 ** 15 is the largest power of ten below 2 ** 53. */
const MAX_DIGITS = 15;

/**
 * Reads `[1,2,3]`, byte by byte. Nearly all of a snapshot is such lists, so that this loop decides on the speed of reading:
 * no strings, no objects, and numbers are handed on in batches.
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
  #complete = false;

  constructor(name: string, sink: RecordSink) {
    this.#name = name;
    this.#sink = sink;
    this.#batch = new Float64Array(sink.fieldCount * RECORDS_A_BATCH);
  }

  read(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let i = this.#opened ? from : this.#open(chunk, from);
    let value = this.#value;
    let digits = this.#digits;
    for (; i < end; i++) {
      const digit = chunk[i]! - Byte.zero;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digits += 1;
      } else if (digits > 0 && digit === Byte.comma - Byte.zero && !this.#complete) {
        this.#add(value, digits);
        value = 0;
        digits = 0;
      } else {
        this.#mark(chunk[i]!, value, digits);
        value = 0;
        digits = 0;
        if (this.done) return i + 1;
      }
    }
    this.#value = value;
    this.#digits = digits;
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
    this.#any = true;
    this.#filled += 1;
    if (this.#filled === this.#batch.length) {
      this.#sink.take(this.#batch, this.#filled);
      this.#filled = 0;
    }
  }

  /** What is neither a digit nor the comma after one: rare, as V8 writes one space character a record. */
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
    } else if (byte === Byte.closeBracket && (this.#complete || !this.#any)) {
      this.#finish();
    } else {
      throw invalid(`"${this.#name}" has ${showByte(byte)} where a number is expected`);
    }
  }

  #finish(): void {
    if (this.#filled % this.#sink.fieldCount !== 0) {
      throw invalid(`"${this.#name}" ends within a record of ${this.#sink.fieldCount} fields`);
    }
    if (this.#filled > 0) this.#sink.take(this.#batch, this.#filled);
    this.done = true;
  }
}
