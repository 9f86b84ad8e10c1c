import { invalid } from './fault.js';
import { MAX_INT_DIGITS, PlainNumbers } from './plain-numbers.js';
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
/** 10 ** 15 is the largest power of ten below 2 ** 53. */
const MAX_DIGITS = 15;

/** Reads `[1,2,3]` and hands the numbers on in batches. What {@link PlainNumbers} leaves is seen byte by byte. */
export class NumberList implements Section {
  done = false;
  readonly #name: string;
  readonly #sink: RecordSink;
  readonly #plain: PlainNumbers;
  /** Numbers of the batch that may be wider than its fields, by position. */
  readonly #wide = new Map<number, number>();
  #opened = false;
  #any = false;
  #value = 0;
  #digits = 0;
  #negative = false;
  /** The last number has ended and its comma has not come. */
  #complete = false;

  constructor(name: string, sink: RecordSink) {
    this.#name = name;
    this.#sink = sink;
    this.#plain = new PlainNumbers(new Int32Array(sink.fieldCount * RECORDS_A_BATCH));
  }

  read(chunk: Uint8Array, from: number): number {
    let i = this.#opened ? from : this.#open(chunk, from);
    while (i < chunk.length) {
      if (this.#digits === 0 && !this.#complete && !this.#negative) {
        i = this.#plain.read(chunk, i, chunk.length);
        if (this.#isFull()) {
          this.#flush();
          continue;
        }
      }
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
    const { values, count } = this.#plain;
    if (this.#digits > MAX_INT_DIGITS) this.#wide.set(count, value);
    values[count] = value;
    this.#plain.count += 1;
    this.#value = this.#digits = 0;
    this.#negative = false;
    this.#complete = true;
    if (this.#isFull()) this.#flush();
  }

  #isFull(): boolean {
    return this.#plain.count === this.#plain.values.length;
  }

  #flush(): void {
    this.#any = true;
    const { values, count } = this.#plain;
    this.#sink.take(this.#wide.size === 0 ? values : this.#widened(), count);
    this.#plain.count = 0;
  }

  #widened(): Float64Array {
    const numbers = Float64Array.from(this.#plain.values);
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
    } else if (byte === Byte.closeBracket && (this.#complete || (!this.#any && this.#plain.count === 0))) {
      this.#finish();
    } else {
      throw invalid(`"${this.#name}" has ${showByte(byte)} where a number is expected`);
    }
  }

  #finish(): void {
    const { count } = this.#plain;
    if (count % this.#sink.fieldCount !== 0) {
      throw invalid(`"${this.#name}" ends within a record of ${this.#sink.fieldCount} fields`);
    }
    if (count > 0) this.#flush();
    this.done = true;
  }
}
