/** What a terminal shows without breaking lines by itself. */
export const WIDTH = 120;

const LABEL_WIDTH = 10;

/** A finding under its label; what does not fit into the width goes on under its own beginning. */
export function labelled(label: string, text: string): string[] {
  const room = WIDTH - LABEL_WIDTH - 2;
  return wrapped(text, room).map((line, i) => `${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${line}`);
}

function wrapped(text: string, width: number): string[] {
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

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => string;
  /** Left is for names, right for figures. */
  readonly align: 'left' | 'right';
}

/** Rows under their headings, two blanks between columns. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], indent = ''): string[] {
  const lines = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map((column) => column.of(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) => {
    const cells = line.map((cell, i) =>
      columns[i]!.align === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
    );
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Cut at the end: of a route the beginning tells most. */
export function head(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Cut at the beginning: of a path the end tells most. */
export function tail(text: string, width: number): string {
  return text.length > width ? `…${text.slice(text.length - width + 1)}` : text;
}
