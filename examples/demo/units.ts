import type { Estimate } from './answer.js';

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Bytes in the largest unit that leaves at least 1, with three significant digits. */
export function bytes(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${UNITS[power] ?? 'B'}`;
}

/** Seconds in the two largest units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const said = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return said.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

export function percent(ratio: number): string {
  return `${Math.round(100 * ratio)} %`;
}

export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

/** An estimate with its interval, formatted in a unit. */
export function estimate({ value, low, high }: Estimate, unit: (value: number) => string): string {
  return `${unit(value)} (between ${unit(low)} and ${unit(high)})`;
}
