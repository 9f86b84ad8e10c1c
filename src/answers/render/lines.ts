import type { TableColumn } from './block.js';

/** What a terminal shows without breaking lines by itself. */
export const WIDTH = 120;

/** The words of a text in lines of so many characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Texts under their labels; what does not fit into the width goes on under its own beginning. */
export function factLines(rows: readonly (readonly [string, string])[], width: number): string[] {
  const labelWidth = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    wrapped(text, width - labelWidth - 2).map(
      (line, i) => `${(i === 0 ? label : '').padEnd(labelWidth)}  ${line}`,
    ),
  );
}

/** Narrower, a route or a path says nothing any more: a table is rather wider than the terminal. */
const LEAST_COLUMN = 30;

/** Rows under their headings, two blanks between columns; the widest texts are cut where the width does not suffice. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const lines = [columns.map(({ name }) => name), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  let excess = widths.reduce((sum, one) => sum + one + 2, -2) - width;
  while (excess > 0) {
    const widest = widestText(columns, widths);
    if (widest === undefined) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return lines.map((line) =>
    columns
      .map(({ align }, i) => fitted(line[i] ?? '', widths[i]!, align))
      .join('  ')
      .trimEnd(),
  );
}

function widestText(columns: readonly TableColumn[], widths: readonly number[]): number | undefined {
  let widest: number | undefined;
  for (const [i, { align }] of columns.entries()) {
    if (align === 'right' || widths[i]! <= LEAST_COLUMN) continue;
    if (widest === undefined || widths[i]! > widths[widest]!) widest = i;
  }
  return widest;
}

function fitted(cell: string, width: number, align: TableColumn['align']): string {
  if (align === 'right') return cell.padStart(width);
  return (align === 'path' ? tail(cell, width) : head(cell, width)).padEnd(width);
}

/** Cut at the end: of a route the beginning tells most. */
export function head(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Cut at the beginning: of a path the end tells most. */
export function tail(text: string, width: number): string {
  return text.length > width ? `…${text.slice(text.length - width + 1)}` : text;
}
