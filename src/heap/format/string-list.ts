import { Byte, isWhitespace, showByte } from './bytes.js';
import type { Faults } from './faults.js';
import type { Section } from './scanner.js';

/** A string as in the file: the bytes between its quotes, escapes included. The object is reused for the next one. */
export interface ScannedString {
  /** Its bytes: `from` to `to` of this chunk, after those already given to {@link StringSink.part}. */
  readonly chunk: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Offset of its first byte in the section, and its length in bytes. */
  readonly start: number;
  readonly length: number;
  /** UTF-16 units of the decoded text. */
  readonly units: number;
  /** Whether it has neither a control character nor an invalid escape. */
  readonly isWellFormed: boolean;
}

/** Takes the strings of a list. */
export interface StringSink {
  string(text: ScannedString): void;
  /** The bytes of a string that continues in the next chunk. */
  part?(chunk: Uint8Array, from: number, to: number): void;
  /** All bytes of the section in the chunk, after the chunk's strings. */
  bytes?(chunk: Uint8Array, from: number, to: number): void;
  /** Called after the last string. */
  end?(): void;
}

const State = { open: 0, first: 1, next: 2, inside: 3, after: 4 } as const;
/** After a backslash; a smaller number counts the hexadecimal digits still to come. */
const ESCAPED = 5;

const Trait = { special: 1, escapable: 2, hex: 4 } as const;
const TRAITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const isSpecial = byte < 0x20 || byte >= 0x80 || byte === Byte.quote || byte === Byte.backslash;
  return (
    (isSpecial ? Trait.special : 0) |
    ('"\\/bfnrtu'.includes(character) ? Trait.escapable : 0) |
    (/[0-9a-fA-F]/.test(character) ? Trait.hex : 0)
  );
});
const NO_BYTES = new Uint8Array(0);

/** Reads `["a","b"]`, one string at a time, of any length. */
export class StringList implements Section, ScannedString {
  done = false;
  chunk: Uint8Array = NO_BYTES;
  from = 0;
  to = 0;
  start = 0;
  length = 0;
  units = 0;
  isWellFormed = true;
  readonly #faults: Faults;
  readonly #sink: StringSink;
  #state: number = State.open;
  #escape = 0;
  /** Bytes of the string that add no UTF-16 unit. */
  #surplus = 0;
  /** Bytes of the section before this chunk. */
  #before = 0;

  constructor(faults: Faults, sink: StringSink) {
    this.#faults = faults;
    this.#sink = sink;
  }

  read(chunk: Uint8Array, from: number): number {
    const shift = this.#before - from;
    this.chunk = chunk;
    let i = from;
    while (i < chunk.length && !this.done) {
      if (this.#state === State.inside) {
        i = this.#strings(chunk, i, shift);
      } else {
        this.#structure(chunk[i]!);
        i += 1;
        this.start = i + shift;
      }
    }
    this.chunk = NO_BYTES;
    this.#before = i + shift;
    this.#sink.bytes?.(chunk, from, i);
    if (this.done) this.#sink.end?.();
    return i;
  }

  /** Reads to the end of a string, and through those that follow it as V8 separates them. */
  #strings(chunk: Uint8Array, from: number, shift: number): number {
    const end = chunk.length;
    let escape = this.#escape;
    let surplus = this.#surplus;
    let at = from;
    this.from = from;
    while (at < end) {
      const byte = chunk[at]!;
      const traits = TRAITS[byte]!;
      if (escape === 0) {
        if ((traits & Trait.special) === 0) {
          at += 1;
          continue;
        }
        if (byte === Byte.quote) {
          this.to = at;
          this.length = at + shift - this.start;
          this.units = this.length - surplus;
          this.#sink.string(this);
          this.isWellFormed = true;
          surplus = 0;
          const next = beginOfNext(chunk, at + 1);
          if (next < 0) {
            this.#state = State.after;
            this.#escape = this.#surplus = 0;
            return at + 1;
          }
          at = next;
          this.from = at;
          this.start = at + shift;
          continue;
        }
        if (byte === Byte.backslash) {
          escape = ESCAPED;
          surplus += 1;
        } else if (byte < 0x20) this.isWellFormed = false;
        // Continuation bytes of UTF-8 add no unit; a four-byte character adds two.
        else if (byte >= 0xf0) surplus -= 1;
        else if (byte < 0xc0) surplus += 1;
      } else if (escape === ESCAPED) {
        if ((traits & Trait.escapable) === 0) this.isWellFormed = false;
        escape = byte === 0x75 ? 4 : 0;
      } else if ((traits & Trait.hex) === 0) {
        this.isWellFormed = false;
        escape = 0;
        continue;
      } else {
        escape -= 1;
        surplus += 1;
      }
      at += 1;
    }
    this.#escape = escape;
    this.#surplus = surplus;
    this.#sink.part?.(chunk, this.from, end);
    return end;
  }

  /** Handles one byte outside strings. */
  #structure(byte: number): void {
    const state = this.#state;
    if (isWhitespace(byte)) return;
    if (state === State.open && byte === Byte.openBracket) this.#state = State.first;
    else if ((state === State.first || state === State.next) && byte === Byte.quote)
      this.#state = State.inside;
    else if (state === State.after && byte === Byte.comma) this.#state = State.next;
    else if ((state === State.after || state === State.first) && byte === Byte.closeBracket) this.done = true;
    else
      throw this.#faults.invalid(
        '"strings" is no list of strings',
        `${showByte(byte)} where a string is expected`,
      );
  }
}

/** Where the next string begins: after `,"` or, up to Node 22, after `,`, a line feed and `"`; else -1. */
function beginOfNext(chunk: Uint8Array, at: number): number {
  if (at + 3 > chunk.length || chunk[at] !== Byte.comma) return -1;
  const quote = chunk[at + 1] === Byte.lineFeed ? at + 2 : at + 1;
  return chunk[quote] === Byte.quote ? quote + 1 : -1;
}
