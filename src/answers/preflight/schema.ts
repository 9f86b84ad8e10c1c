import { Type, type TSchema } from 'typebox';
import { Count, Milliseconds, NextSteps, type Answer } from '../common.js';

const range = <Unit extends TSchema>(unit: Unit) =>
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
export type PreflightAnswer = Answer<typeof PreflightAnswer>;
