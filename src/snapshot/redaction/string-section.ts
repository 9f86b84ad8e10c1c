import { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.js';
import { malformed } from './malformed.js';
import type { Section } from './section.js';
import { SipHash } from './sip-hash.js';
import type { Entry, StringTable } from './string-table.js';

// What may come next: the array; a string or the end; a string; its text; a comma or the end; nothing.
const START = 0;
const FIRST = 1;
const ITEM = 2;
const TEXT = 3;
const SEPARATOR = 4;
const END = 5;

// Six bytes for each of the 1,024 units at which V8 cuts.
const MAX_HELD_BYTES = 6 * 1024;
/** What may follow a backslash, but for `u`. */
const ESCAPES = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));
const NO_BYTES = new Uint8Array(0);

const isHexDigit = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102) || (byte >= 65 && byte <= 70);

/** Reads the array of strings, an entry at a time, whatever chunks it comes in. Long entries are hashed and not held. */
export class StringSection implements Section {
  done = false;
  readonly #table: StringTable;
  readonly #hash: SipHash;
  readonly #held = Buffer.allocUnsafe(MAX_HELD_BYTES);
  readonly #entry: Entry;
  #expect: number = START;
  /** 0, or 5 behind a backslash, or how many hexadecimal digits are still to come. */
  #escape = 0;
  #heldLength = 0;
  #isTooLong = false;
  #units = 0;
  /** Where the entry's text is: in the chunk if all of it is there. */
  #source: Uint8Array = NO_BYTES;
  #sourceFrom = 0;
  #sourceTo = 0;

  constructor(table: StringTable, key: Uint8Array) {
    this.#table = table;
    this.#hash = new SipHash(key);
    this.#entry = {
      json: () => this.#json(),
      slot: () => this.#slot(),
      firstByte: 0,
      units: 0,
      hashHigh: 0,
      hashLow: 0,
    };
  }

  read(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    let position = from;
    while (position < to) {
      if (this.#expect === TEXT) {
        position = this.#readText(bytes, position, to, sink);
        continue;
      }
      const byte = bytes[position++]!;
      if (byte === 0x0a || byte === 0x20 || byte === 0x0d || byte === 0x09) continue;
      const mayBegin = this.#expect === FIRST || this.#expect === ITEM;
      if (byte === 0x22 && mayBegin) this.#expect = TEXT;
      else if (byte === 0x2c && this.#expect === SEPARATOR) this.#expect = ITEM;
      else if (byte === 0x5b && this.#expect === START) {
        this.#expect = FIRST;
        sink.ascii('[');
      } else if (byte === 0x5d && (this.#expect === SEPARATOR || this.#expect === FIRST)) {
        this.#expect = END;
        this.#table.close();
        break;
      } else throw malformed('"strings" is not an array of strings');
    }
    return position;
  }

  /** Whether all that came has been read, and what the table still has to say is to be written by {@link more}. */
  get isRead(): boolean {
    return this.#expect === END;
  }

  more(sink: ByteSink): void {
    if (!this.#table.writeEdgeNames(sink)) return;
    sink.ascii(']');
    this.done = true;
  }

  #readText(bytes: Uint8Array, from: number, to: number, sink: ByteSink): number {
    let escape = this.#escape;
    let units = this.#units;
    let position = from;
    let isEnd = false;
    for (; position < to; position++) {
      const byte = bytes[position]!;
      if (escape === 0) {
        if (byte === 0x22) {
          isEnd = true;
          break;
        }
        if (byte === 0x5c) escape = 5;
        else if (byte < 0x20) throw malformed('one of its strings holds a control character');
        // The bytes that go on a character of UTF-8 are no unit; one of four bytes is two.
        else if (byte < 0x80 || (byte & 0xc0) === 0xc0) units += byte >= 0xf0 ? 2 : 1;
      } else if (escape === 5) {
        if (byte !== 0x75 && !ESCAPES.has(byte))
          throw malformed('one of its strings holds an unknown escape');
        escape = byte === 0x75 ? 4 : 0;
        units += 1;
      } else {
        if (!isHexDigit(byte)) throw malformed('one of its strings holds an unknown escape');
        escape -= 1;
      }
    }
    this.#escape = escape;
    this.#units = units;
    this.#hash.update(bytes, from, position);
    if (!isEnd) {
      this.#hold(bytes, from, position);
      return position;
    }
    if (this.#heldLength > 0 || this.#isTooLong) {
      this.#hold(bytes, from, position);
      this.#setSource(this.#held, 0, this.#heldLength);
    } else this.#setSource(bytes, from, position);
    this.#finish(sink);
    return position + 1;
  }

  #setSource(bytes: Uint8Array, from: number, to: number): void {
    this.#source = bytes;
    this.#sourceFrom = from;
    this.#sourceTo = to;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isTooLong || this.#heldLength + to - from > MAX_HELD_BYTES) {
      this.#isTooLong = true;
      return;
    }
    this.#held.set(bytes.subarray(from, to), this.#heldLength);
    this.#heldLength += to - from;
  }

  #finish(sink: ByteSink): void {
    const entry = this.#entry;
    this.#hash.digest();
    entry.units = this.#units;
    entry.firstByte = this.#sourceTo > this.#sourceFrom ? this.#source[this.#sourceFrom]! : 0;
    entry.hashHigh = this.#hash.high;
    entry.hashLow = this.#hash.low;
    this.#table.take(entry, sink);
    this.#expect = SEPARATOR;
    this.#heldLength = 0;
    this.#isTooLong = false;
    this.#units = 0;
    this.#source = NO_BYTES;
  }

  /** Up to nine digits, without a leading zero. */
  #slot(): number {
    const bytes = this.#source;
    const length = this.#sourceTo - this.#sourceFrom;
    if (length === 0 || length > 9 || this.#isTooLong) return -1;
    if (length > 1 && bytes[this.#sourceFrom] === 48) return -1;
    let value = 0;
    for (let at = this.#sourceFrom; at < this.#sourceTo; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  /** Text that is not ASCII comes out escaped, as V8 itself writes it. */
  #json(): string | undefined {
    if (this.#isTooLong) return undefined;
    const { buffer, byteOffset } = this.#source;
    const bytes = Buffer.from(buffer, byteOffset + this.#sourceFrom, this.#sourceTo - this.#sourceFrom);
    const text = bytes.toString('latin1');
    if (!/[\u0080-\u00ff]/.test(text)) return text;
    return bytes.toString('utf8').replaceAll(/[\u0080-\uffff]/g, escapeUnit);
  }
}

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
