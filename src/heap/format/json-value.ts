import { Byte, isWhitespace, showByte } from './bytes.js';
import type { Faults } from './faults.js';
import type { Section } from './scanner.js';

/** Takes the bytes of a value. */
export interface BytesSink {
  bytes(chunk: Uint8Array, from: number, to: number): void;
  end?(): void;
}

/** The bytes that matter inside and outside a string; all others are skipped. */
const Mark = { inString: 1, outside: 2 } as const;
const MARKS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return ('"\\'.includes(character) ? Mark.inString : 0) | ('"[]{}'.includes(character) ? Mark.outside : 0);
});

/**
 * Skips one JSON value of any depth by counting brackets: `trace_tree` can be nested deeper than a stack. Checking the
 * content is left to the sink.
 */
export class JsonValue implements Section {
  done = false;
  readonly #faults: Faults;
  readonly #sink: BytesSink | undefined;
  #depth = 0;
  #begun = false;
  #inString = false;
  #escaped = false;

  constructor(faults: Faults, sink?: BytesSink) {
    this.#faults = faults;
    this.#sink = sink;
  }

  read(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let i = from;
    while (i < end && !this.done) {
      if (this.#depth > 0 && !this.#escaped) {
        const mark = this.#inString ? Mark.inString : Mark.outside;
        while (i < end && (MARKS[chunk[i]!]! & mark) === 0) i += 1;
        if (i === end) break;
      }
      const byte = chunk[i]!;
      // A number or word ends at the next byte, which is not consumed.
      if (this.#begun && this.#depth === 0 && !this.#inString && isEnd(byte)) {
        this.done = true;
        break;
      }
      this.#see(byte);
      i += 1;
    }
    this.#sink?.bytes(chunk, from, i);
    if (this.done) this.#sink?.end?.();
    return i;
  }

  #see(byte: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === Byte.backslash) this.#escaped = true;
      else if (byte === Byte.quote) this.#inString = false;
      if (!this.#inString && this.#depth === 0) this.done = true;
      return;
    }
    if (isWhitespace(byte)) return;
    this.#begun = true;
    if (byte === Byte.quote) this.#inString = true;
    else if (byte === Byte.openBrace || byte === Byte.openBracket) this.#depth += 1;
    else if (byte === Byte.closeBrace || byte === Byte.closeBracket) {
      if (this.#depth === 0)
        throw this.#faults.invalid('a section has no value', `${showByte(byte)} in its place`);
      this.#depth -= 1;
      if (this.#depth === 0) this.done = true;
    }
  }
}

function isEnd(byte: number): boolean {
  return byte === Byte.comma || byte === Byte.closeBrace || byte === Byte.closeBracket || isWhitespace(byte);
}
