import type { TableColumn } from './block.js';

/** Width that terminals show without wrapping. */
export const WIDTH = 120;

/** Wraps a text to lines of this many characters; a longer word gets its own line. */
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

/** Texts under their labels; lines that do not fit continue under the start of their text. */
export function factLines(rows: readonly (readonly [string, string])[], width: number): string[] {
  const labelWidth = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    wrapped(text, width - labelWidth - 2).map(
      (line, i) => `${(i === 0 ? label : '').padEnd(labelWidth)}  ${line}`,
    ),
  );
}

/** In a narrower column a route or path says nothing: the table rather exceeds the terminal. */
const LEAST_COLUMN = 30;

/** Rows under their headings, two spaces between columns; the widest texts are cut if the width does not suffice. */
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

/** Cut at the end: the beginning of a route says most. */
export function head(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Cut at the beginning: the end of a path says most. */
export function tail(text: string, width: number): string {
  return text.length > width ? `…${text.slice(text.length - width + 1)}` : text;
}
