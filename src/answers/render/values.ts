import { tableLines } from './lines.js';
import { formatNamed } from './units.js';

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;
const isEstimate = (value: Plain): boolean => 'value' in value && 'low' in value && 'high' in value;

/** Any tree of plain values: aligned, nested values indented, lists of objects as tables. */
export function valueLines(values: object, width: number): string[] {
  return linesOf('', values, '', width);
}

function linesOf(name: string, value: unknown, indent: string, width: number): string[] {
  if (Array.isArray(value)) return listLines(name, value, indent, width);
  if (!isPlain(value)) return [`${indent}${formatNamed(name, value)}`];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const nameWidth = Math.max(0, ...entries.filter(([, item]) => isLine(item)).map(([key]) => key.length));
  return entries.flatMap(([key, item]) =>
    isLine(item)
      ? [`${indent}${key.padEnd(nameWidth)}  ${lineOf(key, item)}`]
      : [`${indent}${key}`, ...linesOf(key, item, `${indent}  `, width)],
  );
}

function isLine(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isScalar);
  return isScalar(value) || isEstimate(value as Plain);
}

function lineOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  if (!isPlain(value)) return formatNamed(name, value);
  const { value: middle, low, high } = value;
  return `${formatNamed(name, middle)} (${formatNamed(name, low)} to ${formatNamed(name, high)})`;
}

function listLines(name: string, rows: readonly unknown[], indent: string, width: number): string[] {
  if (!rows.every(isPlain)) return rows.flatMap((row) => linesOf(name, row, indent, width));
  const flat = rows.map((row) => cellsOf(row as Plain));
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  return tableLines(
    columns.map((column) => ({ name: column, align: 'left' })),
    flat.map((row) => columns.map((column) => row[column] ?? '-')),
    width - indent.length,
  ).map((line) => `${indent}${line}`);
}

/** A cell for each scalar; nested objects become dotted columns. */
function cellsOf(row: Plain, prefix = ''): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [key, value] of Object.entries(row)) {
    const name = `${prefix}${key}`;
    if (value === undefined) continue;
    if (isPlain(value) && !isEstimate(value)) Object.assign(cells, cellsOf(value, `${name}.`));
    else cells[name] = Array.isArray(value) ? listCell(value) : lineOf(key, value);
  }
  return cells;
}

/** The JSON has all items; a terminal's width is limited. */
function listCell(list: readonly unknown[]): string {
  if (!list.every(isScalar)) return `${list.length} items`;
  if (list.length === 0) return 'none';
  return list.length === 1 ? String(list[0]) : `${String(list[0])} (+${list.length - 1})`;
}
