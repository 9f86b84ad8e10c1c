import { Type } from 'typebox';
import { Count, Milliseconds, NextSteps, Share, Time, type Answer } from '../common.js';
import { Snapshot } from '../snapshots/schema.js';

export const OperationId = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'of an operation that runs or has ended',
});

const SnapshotTaken = Type.Object(
  {
    snapshot: Snapshot,
    writer: Type.String({ description: 'fork, v8 or heapdump' }),
    attempts: Count,
    pauseMs: Milliseconds,
    totalMs: Milliseconds,
  },
  { title: 'SnapshotTaken' },
);

const Operation = {
  id: Type.String(),
  kind: Type.Enum(['snapshot', 'analysis', 'comparison', 'deep', 'retention'], { type: 'string' }),
  subject: Type.Optional(Type.String({ description: 'ids of the snapshots it is about' })),
  state: Type.Enum(['running', 'succeeded', 'failed', 'cancelled'], { type: 'string' }),
  progress: Share,
  step: Type.Optional(Type.String({ description: 'what it is at' })),
  startedAt: Time,
  endedAt: Type.Optional(Time),
  result: Type.Optional(SnapshotTaken),
  error: Type.Optional(
    Type.Object({
      code: Type.String({ description: 'what docs/errors.md explains' }),
      message: Type.String(),
    }),
  ),
};

export const OperationAnswer = Type.Object({ ...Operation, next: NextSteps }, { title: 'Operation' });
export type OperationAnswer = Answer<typeof OperationAnswer>;

export const OperationsAnswer = Type.Object(
  {
    running: Count,
    operations: Type.Array(Type.Object(Operation, { title: 'OperationSummary' })),
    next: NextSteps,
  },
  { title: 'Operations' },
);
export type OperationsAnswer = Answer<typeof OperationsAnswer>;
