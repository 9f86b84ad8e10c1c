import { Buffer } from 'node:buffer';
import type { ScannedString, StringSink } from '../../heap/format/string-list.js';
import type { ByteSink } from './byte-sink.js';
import { malformed } from './limits.js';
import { SipHash } from './sip-hash.js';
import type { Entry, StringTable } from './string-table.js';

// Six bytes for each of the 1,024 units at which V8 truncates.
const MAX_HELD_BYTES = 6 * 1024;
const NO_BYTES = new Uint8Array(0);

/** Hashes each string and passes it to the table. Long strings are hashed, not held. */
export class Entries implements StringSink, Entry {
  units = 0;
  hashHigh = 0;
  hashLow = 0;
  readonly #table: StringTable;
  readonly #sink: ByteSink;
  readonly #hash: SipHash;
  readonly #held = Buffer.allocUnsafe(MAX_HELD_BYTES);
  /** Bytes of the string from earlier chunks; as many of them as fit are held. */
  #earlier = 0;
  /** Where the text is: the chunk, if all of it is there. Empty if the text is too long. */
  #source: Uint8Array = NO_BYTES;
  #from = 0;
  #to = 0;
  #isTooLong = false;

  /** @param key 16 random bytes for this snapshot only */
  constructor(table: StringTable, key: Uint8Array, sink: ByteSink) {
    this.#table = table;
    this.#hash = new SipHash(key);
    this.#sink = sink;
    sink.ascii('[');
  }

  part(chunk: Uint8Array, from: number, to: number): void {
    this.#hash.update(chunk, from, to);
    const room = MAX_HELD_BYTES - this.#earlier;
    if (room > 0) this.#held.set(chunk.subarray(from, Math.min(to, from + room)), this.#earlier);
    this.#earlier += to - from;
  }

  string({ chunk, from, to, length, units, isWellFormed }: ScannedString): void {
    if (!isWellFormed) throw malformed('one of its strings holds a control character or an unknown escape');
    this.units = units;
    this.#source = chunk;
    this.#from = from;
    this.#to = to;
    if (this.#earlier > 0) {
      this.part(chunk, from, to);
      this.#source = this.#held;
      this.#from = 0;
      this.#to = Math.min(length, MAX_HELD_BYTES);
      this.#earlier = 0;
    } else this.#hash.update(chunk, from, to);
    this.#isTooLong = length > MAX_HELD_BYTES && this.#source === this.#held;
    this.#hash.digest();
    this.hashHigh = this.#hash.high;
    this.hashLow = this.#hash.low;
    this.#table.take(this, this.#sink);
  }

  end(): void {
    this.#source = NO_BYTES;
    this.#table.close();
  }

  get firstByte(): number {
    return this.#to > this.#from ? this.#source[this.#from]! : 0;
  }

  slot(): number {
    const bytes = this.#source;
    const length = this.#to - this.#from;
    if (length === 0 || length > 9) return -1;
    if (length > 1 && bytes[this.#from] === 48) return -1;
    let value = 0;
    for (let at = this.#from; at < this.#to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  json(): string | undefined {
    if (this.#isTooLong) return undefined;
    const { buffer, byteOffset } = this.#source;
    const bytes = Buffer.from(buffer, byteOffset + this.#from, this.#to - this.#from);
    const text = bytes.toString('latin1');
    if (!/[\u0080-\u00ff]/.test(text)) return text;
    return bytes.toString('utf8').replaceAll(/[\u0080-\uffff]/g, escapeUnit);
  }
}

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
