import type { NextStep } from '../curl-step.js';
import { nextLines } from './next-lines.js';
import { formatNamed } from './units.js';

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEstimate = (value: Plain): boolean => 'value' in value && 'low' in value && 'high' in value;
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

const kText = Symbol('tidemark.text');

/** Gives an answer words of its own for a terminal; its JSON stays as it is. */
export function withText<T extends object>(answer: T, render: () => string): T {
  return Object.defineProperty(answer, kText, { value: render });
}

/**
 * Any answer of the API as text for a terminal: in its own words if it has some, else aligned, sections indented, lists
 * of objects as tables.
 */
export function toText(answer: unknown): string {
  if (!isPlain(answer)) return `${renderValue('', answer, 0).join('\n')}\n`;
  const render = (answer as { [kText]?: () => string })[kText];
  return render === undefined ? `${plainText(answer).join('\n')}\n` : render();
}

/** The lines of an answer without words of its own. */
export function plainText(answer: Plain): string[] {
  const { next, ...facts } = answer;
  return [
    ...renderValue('', facts, 0),
    ...(next === undefined ? [] : nextLines(next as readonly NextStep[])),
  ];
}

function renderValue(name: string, value: unknown, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) return renderList(name, value, depth);
  if (!isPlain(value)) return [`${indent}${formatNamed(name, value)}`];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const width = Math.max(0, ...entries.filter(([, item]) => isLine(item)).map(([key]) => key.length));
  return entries.flatMap(([key, item]) => {
    if (isLine(item)) return [`${indent}${key.padEnd(width)}  ${renderLine(key, item)}`];
    return [`${indent}${key}`, ...renderValue(key, item, depth + 1)];
  });
}

function isLine(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isScalar);
  return isScalar(value) || isEstimate(value as Plain);
}

function renderLine(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  if (isPlain(value) && isEstimate(value)) {
    const { low, high } = value;
    return `${formatNamed(name, value['value'])} (${formatNamed(name, low)} to ${formatNamed(name, high)})`;
  }
  return formatNamed(name, value);
}

function renderList(name: string, rows: readonly unknown[], depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (!rows.every(isPlain)) return rows.flatMap((row) => renderValue(name, row, depth));
  const flat = rows.map((row) => flatten(row as Plain));
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  const cells = flat.map((row) => columns.map((column) => row[column] ?? '-'));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((line) => line[i]!.length)));
  const line = (items: readonly string[]): string =>
    `${indent}${items.map((item, i) => item.padEnd(widths[i]!)).join('  ')}`.trimEnd();
  return [line(columns), ...cells.map(line)];
}

const MAX_CELL = 72;

function shortened(text: string): string {
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}

/** The JSON has all of them; a terminal is as wide as it is. */
function firstOf(list: readonly unknown[]): string {
  if (list.length === 0) return 'none';
  return list.length === 1 ? String(list[0]) : `${String(list[0])} (+${list.length - 1})`;
}

/** One table cell a scalar; nested objects become dotted columns. */
function flatten(row: Plain, prefix = ''): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [key, value] of Object.entries(row)) {
    const name = `${prefix}${key}`;
    if (value === undefined) continue;
    if (isPlain(value) && !isEstimate(value)) Object.assign(cells, flatten(value, `${name}.`));
    else if (Array.isArray(value) && !value.every(isScalar)) cells[name] = `${value.length} items`;
    else cells[name] = shortened(Array.isArray(value) ? firstOf(value) : renderLine(key, value));
  }
  return cells;
}
