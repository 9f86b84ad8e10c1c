import { Buffer } from 'node:buffer';

/** Output bytes. Hot loops write into {@link ByteSink.bytes} themselves, after {@link ByteSink.reserve}. */
export class ByteSink {
  bytes = Buffer.allocUnsafe(0);
  length = 0;

  /** Makes room for that many more bytes. */
  reserve(room: number): void {
    if (this.length + room <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + room, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Appends text that is ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length = writeText(this.bytes, this.length, text);
  }

  /** Appends bytes as they are. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.set(source.subarray(from, to), this.length);
    this.length += to - from;
  }

  /** Returns what was written since the last call, and starts over. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }
}

const INT32_MAX = 2 ** 31 - 1;
const PAIRS = Buffer.from(Array.from({ length: 100 }, (_, pair) => String(pair).padStart(2, '0')).join(''));

/** Writes a whole number in decimal at that position, which must have room. @returns the position after it */
export function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  if (value > INT32_MAX || value < 0) return writeText(bytes, at, String(value));
  // The compiler avoids a division instruction if it knows that these are 32-bit integers.
  let rest = value | 0;
  let end = at + 1;
  if (rest >= 10) {
    end += 1;
    if (rest >= 100) {
      end += 1;
      for (let bound = (rest / 1000) | 0; bound > 0; bound = (bound / 10) | 0) end += 1;
    }
  }
  let position = end;
  while (rest >= 10) {
    const next = (rest / 100) | 0;
    const pair = (rest - next * 100) * 2;
    bytes[--position] = PAIRS[pair + 1]!;
    bytes[--position] = PAIRS[pair]!;
    rest = next;
  }
  if (position > at) bytes[at] = 48 + rest;
  return end;
}

function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}
