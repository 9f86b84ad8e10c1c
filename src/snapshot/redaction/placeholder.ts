import { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.js';
import type { SipHash } from './sip-hash.js';

/** What stands in an entry's place; equal contents have equal digits, whatever the kind. */
export type PlaceholderKind = 'str' | 'key' | 'sym' | 'class' | 'function' | 'code' | 'file' | 'name';

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/**
 * `‹str:1f9c02d44ab7e310:24›`: the keyed hash, and how long the content was in UTF-16 units (V8 itself cuts content at
 * 1,024). In JSON's escapes, as a snapshot of V8 is ASCII.
 */
export function placeholder(kind: PlaceholderKind, high: number, low: number, units: number): string {
  return `\\u2039${kind}:${hex(high)}${hex(low)}:${units}\\u203a`;
}

/** The placeholder of a piece of an entry, whose digits are those that it would have as an entry of its own. */
export function placeholderOf(kind: PlaceholderKind, hash: SipHash, json: string): string {
  const bytes = Buffer.from(json, 'latin1');
  hash.update(bytes, 0, bytes.length);
  hash.digest();
  return placeholder(kind, hash.high, hash.low, unitsOf(json));
}

function unitsOf(json: string): number {
  if (!json.includes('\\')) return json.length;
  return json.replaceAll(/\\(?:u[0-9a-fA-F]{4}|.)/g, '.').length;
}

const DIGITS = Buffer.from('0123456789abcdef');

/** {@link placeholder} of a value, in quotes, without a string in between: there are millions. */
export function writeValuePlaceholder(sink: ByteSink, high: number, low: number, units: number): void {
  sink.ascii('"\\u2039str:');
  sink.reserve(16);
  const { bytes } = sink;
  let at = sink.length;
  for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = DIGITS[(high >>> shift) & 15]!;
  for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = DIGITS[(low >>> shift) & 15]!;
  sink.length = at;
  sink.ascii(`:${units}\\u203a"`);
}
