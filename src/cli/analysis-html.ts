import type { LightSummary } from '../heap/format/light-reader.js';
import type { HeapSummary } from '../heap/summary/summary.js';
import { formatBytes } from '../answers/render/units.js';
import { card, htmlPage, htmlTable, section } from './html-page.js';
import { icicleSvg } from '../answers/render/icicle.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const whole = (value: number): string => value.toLocaleString('en');
const NO_PATH = 'nothing leads to it but weak references';

/** The findings as one self-contained page. */
export function analysisHtml(file: string, summary: HeapSummary): string {
  return htmlPage(`Heap snapshot ${file}`, [
    `<p>${formatBytes(summary.totalBytes)} in ${whole(summary.nodes)} objects with ${whole(summary.edges)} references.</p>`,
    section('What retains what', icicleSvg(summary.chart)),
    suspects(summary),
    collections(summary),
    section(
      `Classes (${summary.classes.length} of ${whole(summary.classesInAll)})`,
      htmlTable(
        ['class', 'count', 'own size', 'retains'],
        summary.classes.map((row) => [
          row.class,
          whole(row.count),
          formatBytes(row.selfBytes),
          formatBytes(row.retainedBytes),
        ]),
      ),
    ),
    duplicates(summary),
    closures(summary),
    contexts(summary),
  ]);
}

export function lightHtml(file: string, { nodes, selfBytes, classes }: LightSummary, top: number): string {
  const rows = classes.slice(0, top).map((row) => [row.name, whole(row.count), formatBytes(row.selfBytes)]);
  return htmlPage(`Heap snapshot ${file}`, [
    `<p>${formatBytes(selfBytes)} in ${whole(nodes)} objects.</p>`,
    section(
      `Classes (${rows.length} of ${whole(classes.length)})`,
      htmlTable(['class', 'count', 'own size'], rows),
    ),
  ]);
}

function suspects({ suspects }: HeapSummary): string {
  if (suspects.length === 0)
    return section('Where memory accumulates', '<p>Nothing holds a tenth of the heap.</p>');
  const cards = suspects.map(({ object, accumulatedBytes, share, holds, path }) =>
    card(
      `${object.label} @${object.id} holds ${formatBytes(accumulatedBytes)}, ${percent(share)} of the heap`,
      path?.text ?? NO_PATH,
      holds.map((group) => `${whole(group.count)} × ${group.class}, ${formatBytes(group.retainedBytes)}`),
    ),
  );
  return section('Where memory accumulates', ...cards);
}

function collections({ collections }: HeapSummary): string {
  if (collections.length === 0) return '';
  const cards = collections.map(({ object, entries, path }) =>
    card(
      `${object.label} @${object.id}: ${whole(entries)} entries, retains ${formatBytes(object.retainedBytes)}`,
      path?.text ?? NO_PATH,
      [],
    ),
  );
  return section('Large collections', ...cards);
}

function duplicates({ duplicateStrings: { duplicates, wastedBytes, bytes, top } }: HeapSummary): string {
  if (top.length === 0) return '';
  const rows = top.map((row) => [
    row.text ?? `(${row.length} bytes)`,
    whole(row.count),
    formatBytes(row.wastedBytes),
    row.maybeDifferent ? 'cut in the file, may differ' : '',
  ]);
  const title = `Duplicate strings: ${whole(duplicates)} take ${formatBytes(wastedBytes)} of ${formatBytes(bytes)}`;
  return section(title, htmlTable(['string', 'count', 'wasted', ''], rows));
}

function closures({ closures }: HeapSummary): string {
  if (closures.length === 0) return '';
  const rows = closures.map((row) => [
    row.file === undefined ? row.function : `${row.function} in ${row.file}:${row.line ?? '?'}`,
    whole(row.count),
  ]);
  return section('Functions made most often at one place', htmlTable(['function', 'count'], rows));
}

function contexts({ contexts, detached }: HeapSummary): string {
  const cards = contexts.map(({ object, path }) =>
    card(
      `${object.label} @${object.id} retains ${formatBytes(object.retainedBytes)}`,
      path?.text ?? NO_PATH,
      [],
    ),
  );
  const rows = detached.map((row) => [row.class, whole(row.count), formatBytes(row.selfBytes)]);
  return [
    cards.length === 0 ? '' : section('Contexts beside the main one', ...cards),
    rows.length === 0 ? '' : section('Detached', htmlTable(['class', 'count', 'own size'], rows)),
  ].join('');
}
