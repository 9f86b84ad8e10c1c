import { Type, type TSchema } from 'typebox';
import { Bytes, Count, Milliseconds, NextSteps, Ratio, Time } from '../common.js';

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

export const SnapshotAnswer = Type.Evaluate(Type.Intersect([Snapshot, Type.Object({ next: NextSteps })]));

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

const range = (unit: TSchema): TSchema =>
  Type.Object({ value: unit, low: unit, high: unit }, { description: 'what is expected, and its range' });
const budget = Type.Object({ needBytes: range(Type.Number()), freeBytes: Type.Number() });

export const PreflightAnswer = Type.Object(
  {
    writer: Type.String({ description: 'that would be used' }),
    reason: Type.String({ description: 'why this writer' }),
    detail: Type.String(),
    pauseMs: range(Milliseconds),
    retryPauseMs: Type.Optional(range(Milliseconds)),
    totalMs: range(Milliseconds),
    fileBytes: range(Type.Number()),
    peakBytes: range(Type.Number()),
    memory: Type.Optional(budget),
    disk: Type.Optional(budget),
    survives: Type.Enum(['yes', 'no', 'unsure'], { type: 'string' }),
    decidedBy: Type.Optional(Type.Enum(['memory', 'disk'], { type: 'string' })),
    atRisk: Type.Enum(['snapshot', 'server'], {
      type: 'string',
      description: 'who goes when memory is short after all',
    }),
    calibratedBy: Count,
    next: NextSteps,
  },
  { title: 'Preflight' },
);

const HeapObject = Type.Object(
  {
    id: Type.Integer({ description: 'the number behind the @ in Chrome DevTools' }),
    kind: Type.String(),
    class: Type.String(),
    label: Type.String(),
    selfBytes: Bytes,
    retainedBytes: Bytes,
  },
  { title: 'HeapObject' },
);

const RetainingPath = Type.Object(
  {
    text: Type.String({ description: 'from the last holder that the program itself named' }),
    steps: Type.Array(
      Type.Object({
        edge: Type.String(),
        edgeKind: Type.String(),
        node: Type.String(),
        nodeKind: Type.String(),
        id: Type.Integer(),
      }),
    ),
    length: Count,
  },
  { title: 'RetainingPath' },
);

const ClassCount = Type.Object({ class: Type.String(), count: Count, retainedBytes: Bytes });
const ClassSum = Type.Object({ class: Type.String(), count: Count, selfBytes: Bytes });

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
    suspects: Type.Array(
      Type.Object(
        {
          object: HeapObject,
          accumulatedBytes: Bytes,
          share: Ratio,
          holds: Type.Array(ClassCount),
          path: Type.Optional(RetainingPath),
        },
        { title: 'HeapSuspect' },
      ),
      { description: 'where a tenth of the heap or more accumulates' },
    ),
    collections: Type.Array(
      Type.Object({
        object: HeapObject,
        collection: Type.String(),
        entries: Count,
        capacity: Count,
        path: Type.Optional(RetainingPath),
      }),
    ),
    duplicateStrings: Type.Object({
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
    }),
    closures: Type.Array(
      Type.Object({
        function: Type.String(),
        file: Type.Optional(Type.String()),
        line: Type.Optional(Type.Integer()),
        column: Type.Optional(Type.Integer()),
        count: Count,
        selfBytes: Bytes,
      }),
    ),
    contexts: Type.Array(Type.Object({ object: HeapObject, path: Type.Optional(RetainingPath) })),
    detached: Type.Array(ClassSum),
    next: NextSteps,
  },
  { title: 'SnapshotAnalysis' },
);

export const ComparisonAnswer = Type.Object(
  {
    snapshots: Type.Array(Type.Object({ id: Type.String(), nodes: Count, totalBytes: Bytes })),
    matchedBy: Type.Enum(['ids', 'paths'], { type: 'string' }),
    matchedObjects: Count,
    idAgreement: Ratio,
    classes: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      description: 'largest change first',
    }),
    holders: Type.Array(
      Type.Object(
        {
          object: HeapObject,
          path: Type.Optional(RetainingPath),
          retainedGrowthBytes: Bytes,
          ownGrowthBytes: Bytes,
          sharedGrowthBytes: Bytes,
          entries: Type.Optional(Type.Object({ before: Count, after: Count })),
          retainedBytes: Type.Array(Bytes),
          steady: Type.Boolean(),
          gained: Type.Array(ClassCount),
        },
        { title: 'GrownHolder' },
      ),
    ),
    next: NextSteps,
  },
  { title: 'SnapshotComparison' },
);
