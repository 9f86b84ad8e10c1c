import { left, nextBlocks, right, section, table, type Block } from '../render/block.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { SnapshotAnswer, SnapshotsAnswer } from './schema.js';

type Row = SnapshotsAnswer['snapshots'][number];

const columns = [
  left<Row>('id', ({ id }) => id),
  left<Row>('why', ({ trigger }) => trigger),
  left<Row>('writer', ({ writer }) => writer),
  right<Row>('paused', ({ pauseMs }) => (pauseMs === undefined ? '-' : formatSeconds(pauseMs / 1000))),
  right<Row>('heap', ({ heapBytes }) => (heapBytes === undefined ? '-' : formatBytes(heapBytes))),
  right<Row>('stored', ({ storedBytes }) => formatBytes(storedBytes)),
  left<Row>('redacted', ({ redacted }) => (redacted ? 'yes' : 'no')),
  left<Row>('verdict', ({ verdict = '-' }) => verdict),
  left<Row>('label', ({ label = '' }) => label),
];

export function snapshotsBlocks({
  stored,
  storedBytes,
  snapshots,
  problems,
  next,
}: SnapshotsAnswer): Block[] {
  return [
    { kind: 'title', text: `${stored} heap snapshots stored in ${formatBytes(storedBytes)}` },
    ...table(columns, snapshots),
    ...section(
      'Files that are not served',
      ...table(
        [
          left<SnapshotsAnswer['problems'][number]>('file', ({ name }) => name),
          left<SnapshotsAnswer['problems'][number]>('problem', ({ problem }) => problem),
        ],
        problems,
      ),
    ),
    ...nextBlocks(next),
  ];
}

export function snapshotBlocks({ next, ...snapshot }: SnapshotAnswer): Block[] {
  return [
    { kind: 'title', text: `Heap snapshot ${snapshot.id}` },
    { kind: 'values', values: snapshot },
    ...nextBlocks(next),
  ];
}
