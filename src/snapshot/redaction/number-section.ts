import { PlainNumbers } from '../../heap/format/plain-numbers.js';
import { writeDecimal, type ByteSink } from './byte-sink.js';
import { malformed } from './malformed.js';
import type { Section } from './section.js';

/** What is done with the numbers of a section, in their order. */
export interface NumberRow {
  /** Numbers of a row. */
  readonly width: number;
  /** Takes the next `count` numbers, wherever in a row they begin, and puts others in the place of those to change. */
  map(values: Float64Array, count: number): void;
  /** At the end of the section: complains if something is missing. */
  finish(): void;
}

// What may come next. Plain constants, as an enum's member would be looked up at every byte.
const START = 0;
/** After `[`: a number or the end. */
const FIRST = 1;
/** After a comma. */
const NUMBER = 2;
const DIGITS = 3;
/** After a number: a comma or the end. */
const SEPARATOR = 4;

// The longest number of a V8 snapshot is an id or a size; 15 digits are exact in a double.
const MAX_DIGITS = 15;

/**
 * A flat array of whole numbers, 0 or more: `nodes`, `edges`, `locations`, `samples`, `trace_function_infos`. Read,
 * mapped and written in three loops over a batch: a call for each number would cost more than the rest. Written as V8
 * does, a row a line.
 */
export class NumberSection implements Section {
  done = false;
  readonly #name: string;
  readonly #row: NumberRow;
  readonly #plain = new PlainNumbers(new Float64Array(0));
  #expect: number = START;
  /** Of a number that goes on in the next chunk. */
  #value = 0;
  #digits = 0;
  /** Numbers of the current row that have been written. */
  #column = 0;
  #isFirst = true;

  constructor(name: string, row: NumberRow) {
    this.#name = name;
    this.#row = row;
  }

  read(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    if (this.#expect === START) sink.ascii('[');
    // Every number but one that began earlier takes two bytes at least.
    const room = ((to - from) >> 1) + 2;
    const plain = this.#plain;
    if (plain.values.length < room) plain.values = new Float64Array(room);
    const values = plain.values as Float64Array;
    plain.count = 0;
    let expect = this.#expect;
    let value = this.#value;
    let digits = this.#digits;
    let position = from;
    let isDone = false;
    while (position < to) {
      if (digits === 0 && (expect === NUMBER || expect === FIRST)) {
        const begun = position;
        position = plain.read(bytes, position, to);
        if (position > begun) expect = NUMBER;
      }
      const byte = bytes[position]!;
      let digit = byte - 48;
      if (digit >= 0 && digit <= 9) {
        if (expect !== NUMBER && expect !== FIRST && expect !== DIGITS) throw this.#unexpected();
        const begun = position - digits;
        // A leading zero makes it no number of JSON.
        const isZeroLed = digits > 0 ? value === 0 : digit === 0;
        do {
          value = value * 10 + digit;
          position += 1;
          if (position === to) break;
          digit = bytes[position]! - 48;
        } while (digit >= 0 && digit <= 9);
        digits = position - begun;
        if (digits > MAX_DIGITS || (isZeroLed && digits > 1)) throw this.#unexpected();
        expect = DIGITS;
        continue;
      }
      if (expect === DIGITS) {
        values[plain.count++] = value;
        value = 0;
        digits = 0;
        expect = SEPARATOR;
      }
      position += 1;
      if (byte === 0x2c && expect === SEPARATOR) expect = NUMBER;
      else if (byte === 0x5b && expect === START) expect = FIRST;
      else if (byte === 0x5d && (expect === SEPARATOR || expect === FIRST)) {
        isDone = true;
        break;
      } else if (byte !== 0x0a && byte !== 0x20 && byte !== 0x0d && byte !== 0x09) throw this.#unexpected();
    }
    this.#expect = expect;
    this.#value = value;
    this.#digits = digits;
    this.done = isDone;
    this.#row.map(values, plain.count);
    this.#write(values, plain.count, sink);
    if (isDone) {
      this.#row.finish();
      sink.ascii(this.#isFirst ? ']' : '\n]');
    }
    return position;
  }

  #write(values: Float64Array, count: number, sink: ByteSink): void {
    sink.reserve(count * (MAX_DIGITS + 2));
    const { width } = this.#row;
    const out = sink.bytes;
    let at = sink.length;
    let column = this.#column;
    for (let index = 0; index < count; index++) {
      if (column === width) {
        out[at++] = 0x0a;
        column = 0;
      }
      if (this.#isFirst) this.#isFirst = false;
      else out[at++] = 0x2c;
      at = writeDecimal(out, at, values[index]!);
      column += 1;
    }
    this.#column = column;
    sink.length = at;
  }

  #unexpected(): Error {
    return malformed(`"${this.#name}" is not an array of whole numbers`);
  }
}

/** Rows of numbers that name no string: checked to be complete. */
export function plainRows(name: string, width: number): NumberRow {
  let taken = 0;
  return {
    width,
    map(_values, count) {
      taken += count;
    },
    finish() {
      if (taken % width !== 0) throw malformed(`"${name}" ends within a row`);
    },
  };
}
