import type { HistorySeries } from '../../history/history.js';
import type { NextStep } from '../curl-step.js';
import { formatNamed, formatSeconds } from '../render/units.js';
import { table, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';

/** An alias and not an interface, so that it is a plain record too. */
export type HistoryFacts = {
  readonly tier: { readonly stepSeconds: number };
  readonly stepSeconds: number;
  readonly from: string;
  readonly to: string;
  readonly times: readonly string[];
  readonly series: Readonly<Record<string, HistorySeries>>;
  readonly gaps: number;
  readonly next: readonly NextStep[];
};

interface Row {
  readonly name: string;
  readonly first: string;
  readonly least: string;
  readonly greatest: string;
  readonly last: string;
  readonly course: string;
}

const BARS = '▁▂▃▄▅▆▇█';
const COURSE_WIDTH = 32;

/** One line a series: where it began, how far it went, where it is, and its course drawn in bars. */
export function historyText({
  tier,
  stepSeconds,
  from,
  to,
  times,
  series,
  gaps,
  next,
}: HistoryFacts): string {
  const lines = [
    `${from} to ${to}: ${times.length} steps of ${formatSeconds(stepSeconds)}, from the tier of ${formatSeconds(tier.stepSeconds)}; ${gaps} gaps`,
    '',
    ...table(
      columns,
      Object.entries(series).map(([name, one]) => rowOf(name, one)),
    ),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

const columns: readonly Column<Row>[] = [
  { name: 'series', align: 'left', of: ({ name }) => name },
  { name: 'first', align: 'right', of: ({ first }) => first },
  { name: 'least', align: 'right', of: ({ least }) => least },
  { name: 'greatest', align: 'right', of: ({ greatest }) => greatest },
  { name: 'last', align: 'right', of: ({ last }) => last },
  { name: 'course', align: 'left', of: ({ course }) => course },
];

const read = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

function rowOf(name: string, { min, max, last }: HistorySeries): Row {
  const values = read(last);
  const least = read(min).reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = read(max).reduce((a, b) => Math.max(a, b), -Infinity);
  const show = (value: number | undefined): string =>
    value === undefined || !Number.isFinite(value) ? '-' : formatNamed(name, value);
  return {
    name,
    first: show(values[0]),
    least: show(least),
    greatest: show(greatest),
    last: show(values.at(-1)),
    course: course(last, least, greatest),
  };
}

/** The last values in at most so many bars between the least and the greatest; blank where nothing was read. */
function course(last: readonly (number | null)[], least: number, greatest: number): string {
  const width = Math.min(COURSE_WIDTH, last.length);
  return Array.from({ length: width }, (_, i) => {
    const end = Math.ceil(((i + 1) * last.length) / width) - 1;
    const value = last[end] ?? null;
    if (value === null) return ' ';
    const level = greatest > least ? (value - least) / (greatest - least) : 0;
    return BARS.charAt(Math.round(level * (BARS.length - 1)));
  }).join('');
}
