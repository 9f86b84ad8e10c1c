import type { LightSummary } from '../../heap/format/light-reader.js';
import type { HeapSummary, SuspectSummary } from '../../heap/summary/summary.js';
import { formatBytes } from '../render/units.js';
import { printable, textTable } from '../render/text-table.js';
import { head } from '../render/layout.js';

/** All but the chart, which is for pages. */
type Shown = Omit<HeapSummary, 'chart'>;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const whole = (value: number): string => value.toLocaleString('en');
const name = (text: string): string => head(printable(text), 60);

/** The findings as text for a terminal; what was not found has no section. */
export function analysisText(file: string, summary: Shown): string {
  const sections = [
    `${printable(file)}: ${formatBytes(summary.totalBytes)} in ${whole(summary.nodes)} objects with ${whole(summary.edges)} references`,
    suspects(summary),
    collections(summary),
    classes(summary),
    duplicates(summary),
    closures(summary),
    contexts(summary),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

export function lightText(
  file: string,
  { nodes, edges, selfBytes, classes }: LightSummary,
  top: number,
): string {
  const rows = classes
    .slice(0, top)
    .map((row) => [name(row.name), whole(row.count), formatBytes(row.selfBytes)]);
  return [
    `${printable(file)}: ${formatBytes(selfBytes)} in ${whole(nodes)} objects with ${whole(edges)} references`,
    '',
    `Classes (${rows.length} of ${whole(classes.length)})`,
    textTable(['class', 'count', 'own size'], rows),
    '',
  ].join('\n');
}

function suspects({ suspects, totalBytes }: Shown): string {
  if (suspects.length === 0) return 'Nothing holds a tenth of the heap.';
  return [
    'Where memory accumulates',
    ...suspects.map((suspect, i) => suspectText(suspect, i, totalBytes)),
  ].join('\n');
}

function suspectText(
  { object, accumulatedBytes, share, holds, path }: SuspectSummary,
  i: number,
  total: number,
): string {
  const all =
    object.retainedBytes > accumulatedBytes
      ? `, ${percent(object.retainedBytes / total)} with all below`
      : '';
  const lines = [
    `  ${i + 1}. ${name(object.label)} @${object.id} holds ${formatBytes(accumulatedBytes)}, ${percent(share)} of the heap${all}`,
    `     ${printable(path?.text ?? 'nothing leads to it but weak references')}`,
    ...holds.map(
      (group) => `     ${whole(group.count)} × ${name(group.class)}, ${formatBytes(group.retainedBytes)}`,
    ),
  ];
  return lines.join('\n');
}

function collections({ collections }: Shown): string {
  if (collections.length === 0) return '';
  const lines = collections.map(
    ({ object, collection, entries, path }) =>
      `  ${name(object.label)} @${object.id}: ${whole(entries)} ${collection === 'object' ? 'properties' : 'entries'}, retains ${formatBytes(object.retainedBytes)}\n     ${printable(path?.text ?? '-')}`,
  );
  return ['Large collections', ...lines].join('\n');
}

function classes({ classes, classesInAll }: Shown): string {
  const rows = classes.map((row) => [
    name(row.class),
    whole(row.count),
    formatBytes(row.selfBytes),
    formatBytes(row.retainedBytes),
  ]);
  const title = `Classes by what they retain (${classes.length} of ${whole(classesInAll)})`;
  return `${title}\n${textTable(['class', 'count', 'own size', 'retains'], rows)}`;
}

function duplicates({ duplicateStrings: { duplicates, wastedBytes, bytes, top } }: Shown): string {
  if (top.length === 0) return '';
  const rows = top.map((row) => [
    row.text === undefined ? `(${row.length} bytes)` : name(JSON.stringify(row.text)),
    whole(row.count),
    formatBytes(row.wastedBytes),
    row.maybeDifferent ? 'cut in the file, may differ' : '',
  ]);
  return [
    `Duplicate strings: ${whole(duplicates)}, which take ${formatBytes(wastedBytes)} of ${formatBytes(bytes)} of strings`,
    textTable(['string', 'count', 'wasted', ''], rows, [0, 3]),
  ].join('\n');
}

function closures({ closures }: Shown): string {
  if (closures.length === 0) return '';
  const rows = closures.map((row) => [
    name(row.function),
    whole(row.count),
    row.file === undefined ? '' : head(printable(`${row.file}:${row.line ?? '?'}`), 80),
  ]);
  return `Functions made most often at one place\n${textTable(['function', 'count', 'place'], rows, [0, 2])}`;
}

function contexts({ contexts, detached }: Shown): string {
  const lines = contexts.map(
    ({ object, path }) =>
      `  ${name(object.label)} @${object.id} retains ${formatBytes(object.retainedBytes)}\n     ${printable(path?.text ?? '-')}`,
  );
  const gone = detached.map(
    (row) => `  ${whole(row.count)} × ${name(row.class)}, ${formatBytes(row.selfBytes)}`,
  );
  return [
    ...(lines.length === 0 ? [] : ['Contexts beside the main one', ...lines]),
    ...(gone.length === 0 ? [] : ['Detached, as the embedder says', ...gone]),
  ].join('\n');
}
