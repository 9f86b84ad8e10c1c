import { beyondLimit, invalid } from './fault.js';
import { Byte, isWhitespace, showByte, type Section } from './section.js';

/** Enough for any header; V8's has about 2 KiB. */
const MAX_KEPT_BYTES = 2 ** 20;

/**
 * Passes over one JSON value of any depth, by counting brackets: `trace_tree` can be nested deeper than a stack. What is
 * within the value is not checked. With `keep` the bytes are kept for {@link text}, at most 1 MiB.
 */
export class JsonValue implements Section {
  done = false;
  readonly #keep: boolean;
  #kept: number[] = [];
  #depth = 0;
  #begun = false;
  #inString = false;
  #escaped = false;

  constructor(keep = false) {
    this.#keep = keep;
  }

  text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#kept));
  }

  read(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && !this.done) {
      const byte = chunk[i]!;
      // A number or a word ends with what follows it, which is not read.
      if (this.#begun && this.#depth === 0 && !this.#inString && isEnd(byte)) {
        this.done = true;
        break;
      }
      this.#see(byte);
      i += 1;
    }
    if (this.#keep) this.#store(chunk, from, i);
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
      if (this.#depth === 0) throw invalid(`${showByte(byte)} stands where a value is expected`);
      this.#depth -= 1;
      if (this.#depth === 0) this.done = true;
    }
  }

  #store(chunk: Uint8Array, from: number, to: number): void {
    if (this.#kept.length + to - from > MAX_KEPT_BYTES) throw beyondLimit('bytes of header', MAX_KEPT_BYTES);
    for (let i = from; i < to; i++) this.#kept.push(chunk[i]!);
  }
}

function isEnd(byte: number): boolean {
  return byte === Byte.comma || byte === Byte.closeBrace || byte === Byte.closeBracket || isWhitespace(byte);
}
