import { Type } from 'typebox';
import { Bytes, Count, Milliseconds, NextSteps, Seconds, Time, type Answer } from '../common.js';
import { Site } from '../site.js';

export const ProfileAnswer = Type.Object(
  {
    takenAt: Time,
    mode: Type.Enum(['live', 'delta'], { type: 'string' }),
    seconds: Type.Optional(Seconds),
    samplingIntervalBytes: Bytes,
    liveBytes: Bytes,
    liveSamples: Count,
    costMs: Milliseconds,
    sites: Type.Array(Site),
    next: NextSteps,
  },
  { title: 'Profile' },
);
export type ProfileAnswer = Answer<typeof ProfileAnswer>;

const CallFrame = Type.Object({
  functionName: Type.String(),
  scriptId: Type.String(),
  url: Type.String(),
  lineNumber: Type.Integer(),
  columnNumber: Type.Integer(),
});

/** Chrome DevTools' `.heapprofile`: `SamplingHeapProfile` of the HeapProfiler domain. */
export const HeapProfile = Type.Object(
  {
    head: Type.Object({
      callFrame: CallFrame,
      selfSize: Type.Number(),
      id: Type.Integer(),
      children: Type.Array(Type.Unknown({ description: 'nodes like this one' })),
    }),
    samples: Type.Array(Type.Object({ size: Type.Number(), nodeId: Type.Integer(), ordinal: Type.Number() })),
  },
  { title: 'HeapProfile' },
);
