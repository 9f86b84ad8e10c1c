import type { NextStep } from '../common.js';
import type { ChartData } from './chart.js';
import type { IcicleNode } from './icicle.js';

export interface TableColumn {
  readonly name: string;
  /** Figures are right-aligned. A path is left-aligned, and a narrow terminal cuts its beginning, not its end. */
  readonly align: 'left' | 'right' | 'path';
}

/** A part of an answer, independent of format. Texts are plain: each renderer escapes them. */
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'headline'; readonly text: string; readonly tone: 'bad' | 'unsure' | 'good' }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** An item of several lines: the first is the finding, the others are details. */
  | { readonly kind: 'list'; readonly items: readonly (string | readonly string[])[] }
  /** Sentences under labels, such as `growth` and `route`; a label may come several times. */
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  /** Plain values named by their keys, whose suffixes give the units: for what needs no wording. */
  | { readonly kind: 'values'; readonly values: object }
  | {
      readonly kind: 'table';
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'commands'; readonly steps: readonly NextStep[] }
  | { readonly kind: 'chart'; readonly data: ChartData }
  /** Drawn in HTML only. */
  | { readonly kind: 'icicle'; readonly root: IcicleNode };

export type Fact = readonly [label: string, text: string];

/** A column of a table, and how to get it from a row. */
export interface Column<Row> extends TableColumn {
  readonly of: (row: Row) => string;
}

export const left = <Row>(name: string, of: (row: Row) => string): Column<Row> => ({
  name,
  align: 'left',
  of,
});

export const right = <Row>(name: string, of: (row: Row) => string): Column<Row> => ({
  name,
  align: 'right',
  of,
});

export const path = <Row>(name: string, of: (row: Row) => string): Column<Row> => ({
  name,
  align: 'path',
  of,
});

/** A table of at most this many rows; the rest is counted below it. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  most = Number.POSITIVE_INFINITY,
): Block[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, most);
  return [
    {
      kind: 'table',
      columns: columns.map(({ name, align }) => ({ name, align })),
      rows: shown.map((row) => columns.map((column) => column.of(row))),
    },
    ...(rows.length > shown.length
      ? [{ kind: 'paragraph', text: `and ${rows.length - shown.length} more in the JSON` } as const]
      : []),
  ];
}

/** The fact, or nothing without a text. */
export function fact(label: string, text: string | undefined): readonly Fact[] {
  return text === undefined ? [] : [[label, text]];
}

/** The blocks under a heading; no heading without blocks. */
export function section(heading: string, ...blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', text: heading }, ...blocks];
}

/** The end of an answer: commands worth running now. */
export function nextBlocks(next: readonly NextStep[]): Block[] {
  return next.length === 0 ? [] : section('next', { kind: 'commands', steps: next });
}

/** For formats without pictures: drops pictures, and headings over nothing else. */
export function withoutPictures(blocks: readonly Block[]): readonly Block[] {
  return blocks.filter(
    ({ kind }, i) => kind !== 'icicle' && !(kind === 'heading' && blocks[i + 1]?.kind === 'icicle'),
  );
}
