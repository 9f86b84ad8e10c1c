import { formatBytes } from './units.js';
import type { ChartData } from './chart.js';

/** The chart as text: one row of bars a line, all on one scale. */
export function chartLines({ lines, times }: ChartData): string[] {
  const read = lines.flatMap(({ values }) => values).filter((value) => value !== null);
  const greatest = read.reduce((a, b) => Math.max(a, b), 0);
  const width = Math.max(...lines.map(({ name }) => name.length));
  const first = times[0];
  const last = times.at(-1);
  const span =
    first === undefined || last === undefined
      ? []
      : [`${''.padEnd(width)}  ${new Date(first).toISOString()} to ${new Date(last).toISOString()}`];
  return [
    ...lines.map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      const ends =
        known.length === 0 ? 'not read' : `${formatBytes(known[0]!)} to ${formatBytes(known.at(-1)!)}`;
      return `${name.padEnd(width)}  ${course(values, { greatest })}  ${ends}`;
    }),
    ...span,
  ];
}

const BARS = '▁▂▃▄▅▆▇█';

/** Values as at most this many bars on the scale from `least` to `greatest`; blank where nothing was read. */
export function course(
  values: readonly (number | null)[],
  { least = 0, greatest, most = 60 }: { least?: number; greatest: number; most?: number },
): string {
  const width = Math.min(most, values.length);
  return Array.from({ length: width }, (_, i) => {
    const value = values[Math.ceil(((i + 1) * values.length) / width) - 1] ?? null;
    if (value === null) return ' ';
    const level = greatest > least ? (value - least) / (greatest - least) : 0;
    return BARS.charAt(Math.round(level * (BARS.length - 1)));
  }).join('');
}
