import { Byte } from './section.js';

/** 10 ** 9 is the largest power of ten below 2 ** 31. */
export const MAX_INT_DIGITS = 9;
/** The longest number, a line feed, a comma and one byte more. */
const MARGIN = MAX_INT_DIGITS + 3;

/**
 * The loop that decides on the speed of reading a snapshot, of which nearly all is lists of whole numbers. It takes numbers as
 * V8 writes them; what is longer, negative, spaced or cut by the end of a chunk is left to who calls it.
 */
export class PlainNumbers {
  /** Numbers that were read into {@link values}. */
  count = 0;

  constructor(public values: Int32Array | Float64Array) {}

  /**
   * Reads whole numbers, each with the comma behind it, until `values` is full.
   *
   * @param from where a number begins
   * @returns where the next number begins that was not read
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    const { values } = this;
    const end = to - MARGIN;
    const room = values.length;
    let at = from;
    let count = this.count;
    while (at < end && count < room) {
      let value = bytes[at]! - Byte.zero;
      if (value >>> 0 > 9) break;
      let next = at + 1;
      let digit = bytes[next]! - Byte.zero;
      // A leading zero makes it no number of JSON.
      if (value === 0 && digit >>> 0 <= 9) break;
      const limit = at + MAX_INT_DIGITS;
      while (digit >>> 0 <= 9 && next < limit) {
        value = (Math.imul(value, 10) + digit) | 0;
        next += 1;
        digit = bytes[next]! - Byte.zero;
      }
      // V8 ends a record with a line feed before the comma.
      if (digit === Byte.lineFeed - Byte.zero) {
        next += 1;
        digit = bytes[next]! - Byte.zero;
      }
      if (digit !== Byte.comma - Byte.zero) break;
      at = next + 1;
      values[count] = value;
      count += 1;
    }
    this.count = count;
    return at;
  }
}
