import { Type } from 'typebox';
import { Bytes, Count, NextSteps, Ratio, type Answer } from '../common.js';
import { HeapObject, HeldClass, RetainingPath } from '../heap-object.js';

const CountAndBytes = Type.Object({ count: Count, bytes: Bytes });

const ClassGrowth = Type.Object(
  {
    class: Type.String(),
    countBefore: Count,
    countAfter: Count,
    bytesBefore: Bytes,
    bytesAfter: Bytes,
    objects: Type.Optional(
      Type.Object(
        { new: CountAndBytes, gone: CountAndBytes, kept: CountAndBytes },
        { description: 'only where objects are known by their ids' },
      ),
    ),
  },
  { title: 'ClassGrowth' },
);

const GrownHolder = Type.Object(
  {
    object: HeapObject,
    path: Type.Optional(RetainingPath),
    retainedGrowthBytes: Bytes,
    ownGrowthBytes: Bytes,
    sharedGrowthBytes: Bytes,
    entries: Type.Optional(Type.Object({ before: Count, after: Count })),
    retainedBytes: Type.Array(Bytes, { description: 'in each snapshot' }),
    steady: Type.Boolean({ description: 'it grew from each snapshot to the next' }),
    gained: Type.Array(HeldClass),
  },
  { title: 'GrownHolder' },
);

export const ComparisonAnswer = Type.Object(
  {
    snapshots: Type.Array(Type.Object({ id: Type.String(), nodes: Count, totalBytes: Bytes })),
    matchedBy: Type.Enum(['ids', 'paths'], { type: 'string' }),
    matchedObjects: Count,
    idAgreement: Ratio,
    classes: Type.Array(ClassGrowth, { description: 'largest change first' }),
    holders: Type.Array(GrownHolder, { description: 'largest growth first' }),
    next: NextSteps,
  },
  { title: 'SnapshotComparison' },
);
export type ComparisonAnswer = Answer<typeof ComparisonAnswer>;

/** What a comparison found, wherever the snapshots are. */
export type Growth = Omit<ComparisonAnswer, 'next'>;
