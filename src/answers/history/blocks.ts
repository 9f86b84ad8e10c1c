import { left, nextBlocks, right, table, type Block, type Column } from '../render/block.js';
import { course } from '../render/chart-lines.js';
import { formatNamed, formatSeconds } from '../render/units.js';
import type { HistoryAnswer } from './schema.js';

type Row = readonly [name: string, series: HistoryAnswer['series'][string]];

const COURSE_WIDTH = 32;

/** One line a series: its first value, its extremes, its last value, and its course in bars. */
export function historyBlocks(answer: HistoryAnswer): readonly Block[] {
  const { tier, stepSeconds, from, to, times, series, gaps, next } = answer;
  const text = `${from} to ${to}: ${times.length} steps of ${formatSeconds(stepSeconds)}, from the tier of ${formatSeconds(tier.stepSeconds)}; ${gaps} gaps`;
  return [{ kind: 'paragraph', text }, ...table(columns, Object.entries(series)), ...nextBlocks(next)];
}

type Values = readonly (number | null)[];

const read = (values: Values): number[] => values.filter((value) => value !== null);
const leastOf = (values: Values): number => read(values).reduce((a, b) => Math.min(a, b), Infinity);
const greatestOf = (values: Values): number => read(values).reduce((a, b) => Math.max(a, b), -Infinity);

function shown(name: string, value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '-' : formatNamed(name, value);
}

const columns: readonly Column<Row>[] = [
  left('series', ([name]) => name),
  right('first', ([name, { last }]) => shown(name, read(last)[0])),
  right('least', ([name, { min }]) => shown(name, leastOf(min))),
  right('greatest', ([name, { max }]) => shown(name, greatestOf(max))),
  right('last', ([name, { last }]) => shown(name, read(last).at(-1))),
  left('course', ([, { min, max, last }]) =>
    course(last, { least: leastOf(min), greatest: greatestOf(max), most: COURSE_WIDTH }),
  ),
];
