import { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.js';
import { malformed } from './malformed.js';
import type { Section } from './section.js';

// V8's header is 1.4 KB.
const MAX_HEADER_BYTES = 64 * 1024;

/** The value of `snapshot`: an object that is small enough to be read as a whole. */
export function headerSection(parsed: (json: string) => void): Section {
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
      const json = Buffer.from(held).toString('utf8').trim();
      parsed(json);
      sink.ascii(json);
      return position;
    },
  };
}

/** The value of `trace_tree`: arrays of numbers within arrays. Copied, as nothing but numbers can be in it. */
export function numberTreeSection(name: string): Section {
  let depth = 0;
  let done = false;
  return {
    get done() {
      return done;
    },
    read(bytes, from, to, sink: ByteSink) {
      sink.reserve(to - from);
      let position = from;
      while (position < to && !done) {
        const byte = bytes[position++]!;
        const isNumber = (byte >= 48 && byte <= 57) || byte === 0x2c;
        if (byte === 0x5b) depth += 1;
        else if (byte === 0x5d) done = --depth === 0;
        else if (!isNumber && byte !== 0x0a && byte !== 0x20) throw malformed(`"${name}" holds no numbers`);
        else if (depth === 0 && isNumber) throw malformed(`"${name}" is no array`);
        sink.bytes[sink.length++] = byte;
      }
      return position;
    },
  };
}
