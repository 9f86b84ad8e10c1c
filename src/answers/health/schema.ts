import { Type } from 'typebox';
import { type Answer, Bytes, LimitSource, Milliseconds, NextSteps, Ratio, VerdictName } from '../common.js';
import { Descriptors } from '../stats/schema.js';

const Status = Type.Enum(['ok', 'warning', 'critical'], { type: 'string' });

export const HealthAnswer = Type.Object(
  {
    status: Status,
    score: Type.Integer({ minimum: 0, maximum: 100, description: '100 is well' }),
    memory: Type.Object({
      status: Status,
      heapUsedBytes: Type.Optional(Bytes),
      limitBytes: Type.Optional(Bytes),
      limitSource: Type.Optional(LimitSource),
      usedRatio: Type.Optional(Ratio),
    }),
    eventLoop: Type.Optional(Type.Object({ status: Status, delayP99Ms: Milliseconds, utilization: Ratio })),
    resources: Type.Object({ status: Status, descriptors: Type.Optional(Descriptors) }),
    verdict: Type.Optional(VerdictName),
    next: NextSteps,
  },
  { title: 'Health' },
);

export type HealthAnswer = Answer<typeof HealthAnswer>;
