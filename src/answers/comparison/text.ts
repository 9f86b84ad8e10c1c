import type { HeapComparison, HolderSummary } from '../../heap/comparison/compare.js';
import type { ClassGrowth } from '../../heap/comparison/class-growth.js';
import { formatBytes } from '../render/units.js';
import { printable, textTable } from '../render/text-table.js';
import { head } from '../render/layout.js';

const whole = (value: number): string => value.toLocaleString('en');
const signed = (value: number): string => `${value > 0 ? '+' : ''}${whole(value)}`;
const name = (text: string): string => head(printable(text), 60);

export function signedBytes(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${formatBytes(bytes)}`;
}

export const MATCHED_BY_PATHS =
  "V8's ids of the snapshots do not belong together (two forks of a process, or two runs), so objects were recognised by the names on their way from the root: holders are found, single new objects are not counted.";

/** What grew, as text for a terminal. */
export function comparisonText(files: readonly string[], comparison: HeapComparison): string {
  const { snapshots, matchedBy, classes, holders } = comparison;
  const rows = snapshots.map(({ nodes, totalBytes }, i) => [
    printable(files[i]!),
    whole(nodes),
    formatBytes(totalBytes),
    i === 0 ? '' : signedBytes(totalBytes - snapshots[i - 1]!.totalBytes),
  ]);
  const sections = [
    textTable(['snapshot', 'objects', 'size', 'growth'], rows),
    ...(matchedBy === 'paths' ? [MATCHED_BY_PATHS] : []),
    holders.length === 0
      ? 'No object that was there before holds more than it did.'
      : ['Who holds more', ...holders.map(holderText)].join('\n'),
    classes.length === 0 ? 'No class grew or shrank.' : `Growth by class\n${classTable(classes)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function holderText(holder: HolderSummary, i: number): string {
  const { object, path, ownGrowthBytes, sharedGrowthBytes, entries, gained, retainedBytes, steady } = holder;
  const shared = sharedGrowthBytes > 0 ? `, and ${formatBytes(sharedGrowthBytes)} that others hold too` : '';
  const count = entries === undefined ? '' : `; ${whole(entries.before)} → ${whole(entries.after)} entries`;
  return [
    `  ${i + 1}. ${name(object.label)} @${object.id} ${signedBytes(ownGrowthBytes)}${shared}${count}`,
    `     ${printable(path?.text ?? 'nothing leads to it but weak references')}`,
    `     retains ${retainedBytes.map(formatBytes).join(' → ')}${retainedBytes.length > 2 && steady ? ', more each time' : ''}`,
    ...gained.map(
      (group) =>
        `     new: ${whole(group.count)} × ${name(group.class)}, ${formatBytes(group.retainedBytes)}`,
    ),
  ].join('\n');
}

function classTable(classes: readonly ClassGrowth[]): string {
  const head = ['class', 'count', 'change', 'new', 'gone', 'own size', 'change'];
  const rows = classes.map((row) => [
    name(row.class),
    whole(row.countAfter),
    signed(row.countAfter - row.countBefore),
    row.objects === undefined ? '-' : whole(row.objects.new.count),
    row.objects === undefined ? '-' : whole(row.objects.gone.count),
    formatBytes(row.bytesAfter),
    signedBytes(row.bytesAfter - row.bytesBefore),
  ]);
  return textTable(head, rows);
}
