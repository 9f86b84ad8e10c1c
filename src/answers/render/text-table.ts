import { table } from './layout.js';

/** Columns that line up: the first is text, the others are figures unless `left` names them. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const columns = head.map((name, i) => ({
    name,
    align: left.includes(i) ? ('left' as const) : ('right' as const),
    of: (row: readonly string[]) => row[i]!,
  }));
  return table(columns, rows, '  ').join('\n');
}

/** Names come from the file: nothing in them may steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
