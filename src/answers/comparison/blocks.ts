import { objectName, pathText } from '../heap-object.js';
import { left, nextBlocks, path, right, section, table, type Block } from '../render/block.js';
import { whole } from '../render/phrases.js';
import { formatBytes } from '../render/units.js';
import type { ComparisonAnswer, Growth } from './schema.js';

const MATCHED_BY_PATHS =
  "V8's ids of the snapshots do not belong together (two forks of a process, or two runs), so objects were recognised by the names on their way from the root: holders are found, single new objects are not counted.";

const signed = (value: number): string => `${value > 0 ? '+' : ''}${whole(value)}`;
const signedBytes = (bytes: number): string => `${bytes > 0 ? '+' : ''}${formatBytes(bytes)}`;

export function comparisonBlocks({ next, ...growth }: ComparisonAnswer): Block[] {
  return [...growthBlocks(growth), ...nextBlocks(next)];
}

export function growthBlocks({ snapshots, matchedBy, holders, classes }: Growth): Block[] {
  const rows = snapshots.map((one, i) => ({ ...one, before: snapshots[i - 1] }));
  return [
    { kind: 'title', text: 'Heap snapshots compared' },
    ...table(snapshotColumns, rows),
    ...(matchedBy === 'paths' ? [{ kind: 'paragraph', text: MATCHED_BY_PATHS } as const] : []),
    ...section(
      'Who holds more',
      holders.length === 0
        ? { kind: 'paragraph', text: 'No object that was there before holds more than it did.' }
        : { kind: 'list', items: holders.map(holderLines) },
    ),
    ...section(
      'Growth by class',
      ...(classes.length === 0
        ? [{ kind: 'paragraph', text: 'No class grew or shrank.' } as const]
        : table(classColumns, classes)),
    ),
  ];
}

type SnapshotRow = Growth['snapshots'][number] & {
  readonly before: { readonly totalBytes: number } | undefined;
};

const snapshotColumns = [
  path<SnapshotRow>('snapshot', ({ id }) => id),
  right<SnapshotRow>('objects', ({ nodes }) => whole(nodes)),
  right<SnapshotRow>('size', ({ totalBytes }) => formatBytes(totalBytes)),
  right<SnapshotRow>('growth', ({ totalBytes, before }) =>
    before === undefined ? '' : signedBytes(totalBytes - before.totalBytes),
  ),
];

function holderLines(holder: Growth['holders'][number]): string[] {
  const { object, path, ownGrowthBytes, sharedGrowthBytes, entries, gained, retainedBytes, steady } = holder;
  const shared = sharedGrowthBytes > 0 ? `, and ${formatBytes(sharedGrowthBytes)} that others hold too` : '';
  const count = entries === undefined ? '' : `; ${whole(entries.before)} → ${whole(entries.after)} entries`;
  const eachTime = retainedBytes.length > 2 && steady ? ', more each time' : '';
  return [
    `${objectName(object)} ${signedBytes(ownGrowthBytes)}${shared}${count}`,
    pathText(path),
    `retains ${retainedBytes.map(formatBytes).join(' → ')}${eachTime}`,
    ...gained.map((one) => `new: ${whole(one.count)} × ${one.class}, ${formatBytes(one.retainedBytes)}`),
  ];
}

type ClassRow = Growth['classes'][number];

const classColumns = [
  left<ClassRow>('class', (row) => row.class),
  right<ClassRow>('count', (row) => whole(row.countAfter)),
  right<ClassRow>('change', (row) => signed(row.countAfter - row.countBefore)),
  right<ClassRow>('new', ({ objects }) => (objects === undefined ? '-' : whole(objects.new.count))),
  right<ClassRow>('gone', ({ objects }) => (objects === undefined ? '-' : whole(objects.gone.count))),
  right<ClassRow>('own size', (row) => formatBytes(row.bytesAfter)),
  right<ClassRow>('change', (row) => signedBytes(row.bytesAfter - row.bytesBefore)),
];
