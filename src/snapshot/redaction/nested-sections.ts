import { Buffer } from 'node:buffer';
import { malformed } from './malformed.js';
import type { Section } from './section.js';

// V8's header is 1.4 KB.
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * The value of `snapshot`: an object that is small enough to be read as a whole.
 *
 * @param rewrite reads it, and says what is to be written
 */
export function headerSection(rewrite: (json: string) => string): Section {
  const held: number[] = [];
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let done = false;
  return {
    get done() {
      return done;
    },
    read(bytes, from, to, sink) {
      let position = from;
      while (position < to && !done) {
        const byte = bytes[position++]!;
        if (held.push(byte) > MAX_HEADER_BYTES) throw malformed('its header is too long');
        if (isText) {
          if (isEscaped) isEscaped = false;
          else if (byte === 0x5c) isEscaped = true;
          else if (byte === 0x22) isText = false;
        } else if (byte === 0x22) isText = true;
        else if (byte === 0x7b || byte === 0x5b) depth += 1;
        else if (byte === 0x7d || byte === 0x5d) done = --depth <= 0;
        else if (depth === 0 && byte > 0x20) throw malformed('its header is no object');
      }
      if (!done) return position;
      sink.ascii(rewrite(Buffer.from(held).toString('utf8')));
      return position;
    },
  };
}

/** The value of `trace_tree`: arrays of numbers within arrays. Copied, as nothing but numbers can be in it. */
export function numberTreeSection(name: string): Section {
  let depth = 0;
  let done = false;
  /** A value must come, may come (behind `[`), or has come. */
  let place: 'value' | 'first' | 'behind' = 'value';
  /** Of the number that is being read; -1 outside of one. */
  let digits = -1;
  let isZero = false;

  function number(byte: number): boolean {
    if (digits < 0) {
      if (place === 'behind' || depth === 0) return false;
      place = 'behind';
      digits = 0;
      isZero = byte === 48;
    } else if (isZero) return false;
    digits += 1;
    return true;
  }

  function structure(byte: number): boolean {
    digits = -1;
    if (byte === 0x5b) {
      if (place === 'behind') return false;
      depth += 1;
      place = 'first';
    } else if (byte === 0x5d) {
      if (place === 'value') return false;
      depth -= 1;
      done = depth === 0;
      place = 'behind';
    } else if (byte === 0x2c) {
      if (place !== 'behind') return false;
      place = 'value';
    } else return byte === 0x0a || byte === 0x20;
    return true;
  }

  return {
    get done() {
      return done;
    },
    read(bytes, from, to, sink) {
      sink.reserve(to - from);
      let position = from;
      while (position < to && !done) {
        const byte = bytes[position++]!;
        const isExpected = byte >= 48 && byte <= 57 ? number(byte) : structure(byte);
        if (!isExpected) throw malformed(`"${name}" is no tree of whole numbers`);
        sink.bytes[sink.length++] = byte;
      }
      return position;
    },
  };
}
