import { Buffer } from 'node:buffer';
import { writeDecimal, type ByteSink } from './byte-sink.js';
import type { SipHash } from './sip-hash.js';

/** What replaces an entry; equal contents have equal digits, whatever the kind. */
export type PlaceholderKind = 'str' | 'key' | 'sym' | 'class' | 'function' | 'code' | 'file' | 'name';

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/**
 * `‹str:1f9c02d44ab7e310:24›`: the keyed hash, and the content's length in UTF-16 units (V8 itself truncates content
 * at 1,024). In JSON escapes, as V8's snapshots are ASCII.
 */
export function placeholder(kind: PlaceholderKind, high: number, low: number, units: number): string {
  return `\\u2039${kind}:${hex(high)}${hex(low)}:${units}\\u203a`;
}

/** The placeholder of a part of an entry, with the digits it would have as an entry of its own. */
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
const END = Buffer.from('\\u203a"');
const MAX_DIGITS = 16 + 1 + 10;

/** The start of a placeholder that is its own entry, up to its digits, after the end of the entry before it. */
export const PLACEHOLDER_STARTS = {
  str: Buffer.from(',\n"\\u2039str:'),
  /** After an empty entry. */
  emptyAndStr: Buffer.from(',\n"",\n"\\u2039str:'),
  key: Buffer.from(',\n"\\u2039key:'),
} as const;

/** Writes {@link placeholder} as an entry of the table, without an intermediate string: there are millions. */
export function writePlaceholder(
  sink: ByteSink,
  start: Uint8Array,
  high: number,
  low: number,
  units: number,
): void {
  sink.reserve(start.length + MAX_DIGITS + END.length);
  const { bytes } = sink;
  let at = sink.length;
  for (let index = 0; index < start.length; index++) bytes[at++] = start[index]!;
  for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = DIGITS[(high >>> shift) & 15]!;
  for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = DIGITS[(low >>> shift) & 15]!;
  bytes[at++] = 0x3a;
  at = writeDecimal(bytes, at, units);
  for (let index = 0; index < END.length; index++) bytes[at++] = END[index]!;
  sink.length = at;
}
