import { writeDecimal, type ByteSink } from './byte-sink.js';
import { malformed } from './malformed.js';
import type { Section } from './section.js';

/** What is done with the numbers of a section, in their order. */
export interface NumberRow {
  /** @returns the number to write in its place, or a negative one to leave it as it is */
  take(value: number): number;
  /** At the end of the section: complains if a row is incomplete. */
  finish(): void;
}

const enum Expect {
  Start,
  /** After `[`: a number or the end. */
  First,
  /** After a comma. */
  Number,
  Digits,
  /** After a number: a comma or the end. */
  Separator,
}

// The longest number of a V8 snapshot is an id or a size; 15 digits are exact in a double.
const MAX_DIGITS = 15;
const MAX_WRITTEN = 16;

/** A flat array of whole numbers, 0 or more: `nodes`, `edges`, `locations`, `samples`, `trace_function_infos`. */
export class NumberSection implements Section {
  done = false;
  readonly #name: string;
  readonly #row: NumberRow;
  #expect = Expect.Start;
  #value = 0;
  #digits = 0;

  constructor(name: string, row: NumberRow) {
    this.#name = name;
    this.#row = row;
  }

  read(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    const row = this.#row;
    // A number may grow from one digit to ten; one that began in the chunk before is written whole.
    sink.reserve((to - from) * 6 + MAX_WRITTEN * 2);
    const out = sink.bytes;
    let at = sink.length;
    let expect = this.#expect;
    let value = this.#value;
    let digits = this.#digits;
    let begun = digits === 0 ? -1 : at;
    let isCarried = digits > 0;
    let position = from;
    while (position < to) {
      const byte = bytes[position++]!;
      if (byte >= 48 && byte <= 57) {
        if (expect !== Expect.Digits) {
          if (expect !== Expect.Number && expect !== Expect.First) throw this.#unexpected();
          expect = Expect.Digits;
          begun = at;
          value = 0;
          digits = 0;
        } else if (value === 0) throw this.#unexpected();
        value = value * 10 + (byte - 48);
        if (++digits > MAX_DIGITS) throw this.#unexpected();
        if (!isCarried) out[at++] = byte;
        continue;
      }
      if (expect === Expect.Digits) {
        expect = Expect.Separator;
        const written = row.take(value);
        if (written >= 0) at = writeDecimal(out, begun, written);
        else if (isCarried) at = writeDecimal(out, begun, value);
        isCarried = false;
        digits = 0;
      }
      if (byte === 0x2c && expect === Expect.Separator) expect = Expect.Number;
      else if (byte === 0x5b && expect === Expect.Start) expect = Expect.First;
      else if (byte === 0x5d && (expect === Expect.Separator || expect === Expect.First)) this.done = true;
      else if (byte !== 0x0a && byte !== 0x20 && byte !== 0x0d && byte !== 0x09) throw this.#unexpected();
      out[at++] = byte;
      if (this.done) break;
    }
    // A number that goes on in the next chunk is written when it is known.
    sink.length = expect === Expect.Digits ? begun : at;
    this.#expect = expect;
    this.#value = value;
    this.#digits = digits;
    if (this.done) row.finish();
    return position;
  }

  #unexpected(): Error {
    return malformed(`"${this.#name}" is not an array of whole numbers`);
  }
}

/** Rows of numbers that name no string: checked to be complete, and copied. */
export function plainRows(name: string, width: number): NumberRow {
  let field = 0;
  return {
    take() {
      field = field + 1 === width ? 0 : field + 1;
      return -1;
    },
    finish() {
      if (field !== 0) throw malformed(`"${name}" ends within a row`);
    },
  };
}
