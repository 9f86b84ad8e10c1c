import { Type } from 'typebox';
import { type Answer, Bytes, LimitSource, Milliseconds, NextSteps, Ratio, VerdictName } from '../common.js';
import { Descriptors } from '../stats/schema.js';

const { Optional } = Type;

const Status = Type.Enum(['ok', 'warning', 'critical'], { type: 'string' });

export const HealthAnswer = Type.Object(
  {
    status: Status,
    score: Type.Integer({ minimum: 0, maximum: 100, description: '100 is well' }),
    memory: Type.Object({
      status: Status,
      heapUsedBytes: Optional(Bytes),
      limitBytes: Optional(Bytes),
      limitSource: Optional(LimitSource),
      usedRatio: Optional(Ratio),
    }),
    eventLoop: Optional(Type.Object({ status: Status, delayP99Ms: Milliseconds, utilization: Ratio })),
    resources: Type.Object({ status: Status, descriptors: Optional(Descriptors) }),
    verdict: Optional(VerdictName),
    next: NextSteps,
  },
  { title: 'Health' },
);

export type HealthAnswer = Answer<typeof HealthAnswer>;
