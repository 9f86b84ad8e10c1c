import { Byte } from '../../heap/format/bytes.js';
import type { BytesSink } from '../../heap/format/json-value.js';
import type { ByteSink } from './byte-sink.js';
import { malformed } from './limits.js';

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** The value of `trace_tree`: nested arrays of numbers. Copied unchanged, as it can contain only numbers. */
export class NumberTree implements BytesSink {
  readonly #sink: ByteSink;
  /** The last byte that is not a space; 0 before the first. */
  #last = 0;
  /** Whether the last byte is a digit that another may follow. */
  #goesOn = false;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  bytes(chunk: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const byte = chunk[at]!;
      if (byte === 0x20 || byte === Byte.lineFeed) {
        this.#goesOn = false;
        continue;
      }
      if (!this.#mayFollow(byte)) throw malformed('"trace_tree" is no tree of whole numbers');
      this.#last = byte;
    }
    this.#sink.copy(chunk, from, to);
  }

  #mayFollow(byte: number): boolean {
    const last = this.#last;
    const begins = last === Byte.openBracket || last === Byte.comma;
    if (isDigit(byte)) {
      const isNext = begins || this.#goesOn;
      // Nothing follows a leading zero.
      this.#goesOn = this.#goesOn || byte !== Byte.zero;
      return isNext;
    }
    this.#goesOn = false;
    if (byte === Byte.openBracket) return begins || last === 0;
    const ends = isDigit(last) || last === Byte.closeBracket;
    return byte === Byte.comma ? ends : byte === Byte.closeBracket && (ends || last === Byte.openBracket);
  }
}
