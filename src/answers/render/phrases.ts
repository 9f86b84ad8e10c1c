import type { Estimate } from '../../verdict/verdict.js';
import { formatBytes } from './units.js';

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

/** `12,345`. */
export function whole(value: number): string {
  return value.toLocaleString('en');
}

/** An estimate with its 95 % interval: `3.19 KiB (2.90 KiB to 3.76 KiB)`. */
export function interval(
  { value, low, high }: Estimate,
  unit: (value: number) => string = formatBytes,
): string {
  return `${unit(value)} (${unit(low)} to ${unit(high)})`;
}

export interface Placed {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `src/cache.js:42:9`; the name if there is no file. */
export function place({ function: name, file, line, column }: Placed): string {
  return file === '' ? name : `${file}:${line}:${column}`;
}

/** The first of a list, and how many more there are. */
export function firstOf(list: readonly string[]): string {
  const [first, ...others] = list;
  if (first === undefined) return '-';
  return others.length === 0 ? first : `${first} (+${others.length})`;
}
