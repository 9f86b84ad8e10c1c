import { formatBytes } from './units.js';
import type { ChartData } from './chart.js';
import { course } from '../report/course.js';

/** The chart where nothing can be drawn: one row of bars a line, on one scale. */
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
      return `${name.padEnd(width)}  ${course(values, greatest)}  ${ends}`;
    }),
    ...span,
  ];
}
