import { Type } from 'typebox';
import { Bytes, Count, NextSteps, Ratio, type Answer } from '../common.js';
import { HeapObject, HeldClass, RetainingPath } from '../heap-object.js';

const Suspect = Type.Object(
  {
    object: HeapObject,
    accumulatedBytes: Bytes,
    share: Ratio,
    holds: Type.Array(HeldClass),
    path: Type.Optional(RetainingPath),
  },
  { title: 'HeapSuspect' },
);

const Collection = Type.Object({
  object: HeapObject,
  collection: Type.Enum(['Map', 'Set', 'Array', 'object'], { type: 'string' }),
  entries: Count,
  capacity: Count,
  path: Type.Optional(RetainingPath),
});

const DuplicateStrings = Type.Object({
  strings: Count,
  bytes: Bytes,
  duplicates: Count,
  wastedBytes: Bytes,
  top: Type.Array(
    Type.Object({
      text: Type.Optional(Type.String()),
      length: Count,
      count: Count,
      bytes: Bytes,
      wastedBytes: Bytes,
      maybeDifferent: Type.Boolean(),
    }),
  ),
});

const Closure = Type.Object({
  function: Type.String(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  count: Count,
  selfBytes: Bytes,
});

export const AnalysisAnswer = Type.Object(
  {
    snapshot: Type.String(),
    nodes: Count,
    edges: Count,
    strings: Count,
    totalBytes: Bytes,
    kinds: Type.Array(Type.Object({ kind: Type.String(), count: Count, selfBytes: Bytes })),
    classes: Type.Array(
      Type.Object({ class: Type.String(), count: Count, selfBytes: Bytes, retainedBytes: Bytes }),
    ),
    classesInAll: Count,
    suspects: Type.Array(Suspect, { description: 'where a tenth of the heap or more accumulates' }),
    collections: Type.Array(Collection),
    duplicateStrings: DuplicateStrings,
    closures: Type.Array(Closure),
    contexts: Type.Array(Type.Object({ object: HeapObject, path: Type.Optional(RetainingPath) })),
    detached: Type.Array(Type.Object({ class: Type.String(), count: Count, selfBytes: Bytes })),
    next: NextSteps,
  },
  { title: 'SnapshotAnalysis' },
);
export type AnalysisAnswer = Answer<typeof AnalysisAnswer>;

/** What an analysis found, wherever the snapshot is. */
export type Findings = Omit<AnalysisAnswer, 'snapshot' | 'next'>;
