import { Type } from 'typebox';
import { Bytes, Count, Milliseconds, NextSteps, Time, type Answer } from '../common.js';

export const SnapshotId = Type.String({ minLength: 1, maxLength: 64, description: 'of a stored snapshot' });

export const Writer = Type.Enum(['fork', 'v8', 'heapdump'], {
  type: 'string',
  description: 'the one of the options without it',
});

export const Snapshot = Type.Object(
  {
    id: Type.String(),
    createdAt: Time,
    writer: Type.String(),
    trigger: Type.String({ description: 'why it was taken, such as request' }),
    redacted: Type.Boolean(),
    nodeVersion: Type.String(),
    label: Type.Optional(Type.String()),
    verdict: Type.Optional(Type.String({ description: 'when it was taken' })),
    pauseMs: Type.Optional(Milliseconds),
    heapBytes: Type.Optional(Bytes),
    nodeCount: Type.Optional(Count),
    edgeCount: Type.Optional(Count),
    rawBytes: Bytes,
    storedBytes: Bytes,
    sha256: Type.String({ description: 'of the stored bytes' }),
  },
  { title: 'Snapshot' },
);

export const SnapshotAnswer = Type.Object({ ...Snapshot.properties, next: NextSteps });
export type SnapshotAnswer = Answer<typeof SnapshotAnswer>;

export const SnapshotsAnswer = Type.Object(
  {
    stored: Count,
    storedBytes: Bytes,
    snapshots: Type.Array(Snapshot),
    problems: Type.Array(
      Type.Object(
        {
          id: Type.Optional(Type.String()),
          name: Type.String(),
          problem: Type.Enum(
            ['foreign', 'no-metadata', 'bad-metadata', 'no-data', 'wrong-size', 'wrong-checksum'],
            { type: 'string' },
          ),
        },
        { title: 'StoreProblem' },
      ),
      { description: 'files of the directory that are not served' },
    ),
    next: NextSteps,
  },
  { title: 'Snapshots' },
);
export type SnapshotsAnswer = Answer<typeof SnapshotsAnswer>;
