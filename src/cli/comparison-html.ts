import type { HeapComparison } from '../heap/comparison/compare.js';
import { formatBytes } from '../answers/render/units.js';
import { MATCHED_BY_PATHS, signedBytes } from '../answers/comparison/text.js';
import { card, htmlPage, htmlTable, section } from './html-page.js';

const whole = (value: number): string => value.toLocaleString('en');

/** What grew, as one self-contained page. */
export function comparisonHtml(files: readonly string[], comparison: HeapComparison): string {
  const { snapshots, matchedBy, holders, classes } = comparison;
  const cards = holders.map((holder) =>
    card(
      `${holder.object.label} @${holder.object.id} ${signedBytes(holder.ownGrowthBytes)}${
        holder.sharedGrowthBytes > 0
          ? `, and ${formatBytes(holder.sharedGrowthBytes)} that others hold too`
          : ''
      }`,
      holder.path?.text ?? 'nothing leads to it but weak references',
      [
        ...(holder.entries === undefined
          ? []
          : [`${whole(holder.entries.before)} → ${whole(holder.entries.after)} entries`]),
        `retains ${holder.retainedBytes.map(formatBytes).join(' → ')}`,
        ...holder.gained.map(
          (group) => `new: ${whole(group.count)} × ${group.class}, ${formatBytes(group.retainedBytes)}`,
        ),
      ],
    ),
  );
  const rows = classes.map((row) => [
    row.class,
    whole(row.countBefore),
    whole(row.countAfter),
    row.objects === undefined ? '-' : whole(row.objects.new.count),
    row.objects === undefined ? '-' : whole(row.objects.gone.count),
    formatBytes(row.bytesAfter),
    signedBytes(row.bytesAfter - row.bytesBefore),
  ]);
  return htmlPage('Heap snapshots compared', [
    htmlTable(
      ['snapshot', 'objects', 'size'],
      snapshots.map(({ nodes, totalBytes }, i) => [files[i]!, whole(nodes), formatBytes(totalBytes)]),
    ),
    matchedBy === 'paths' ? `<p>${MATCHED_BY_PATHS}</p>` : '',
    section('Who holds more', ...(cards.length === 0 ? ['<p>No object that was there before.</p>'] : cards)),
    section(
      'Growth by class',
      htmlTable(['class', 'before', 'after', 'new', 'gone', 'own size', 'change'], rows),
    ),
  ]);
}
