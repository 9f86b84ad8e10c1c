import { Type } from 'typebox';
import { Bytes, Count, Milliseconds, NextSteps, Seconds, Time, type Answer } from '../common.js';
import { Place, Site } from '../site.js';

const EarlierSite = Type.Object(
  {
    ...Place,
    kind: Type.String({ description: 'application, package, node, vm, tidemark or other' }),
    package: Type.Optional(Type.String()),
    liveBytes: Bytes,
    liveSamples: Count,
    takenAt: Type.String({ format: 'date-time', description: 'the last reading that saw any of it alive' }),
    stack: Type.Array(Type.String(), {
      description: 'the stack with most bytes, the allocating frame first',
    }),
  },
  { title: 'EarlierSite' },
);

const EarlierSampling = Type.Object(
  {
    since: Time,
    takenAt: Type.String({ format: 'date-time', description: 'when it was last read' }),
    endedBy: Type.Enum(['start', 'window', 'interval', 'interruption'], {
      type: 'string',
      description:
        'a retention window, another interval, or another inspector session; start if the profile was stopped',
    }),
    runs: Type.Integer({ minimum: 1, description: 'more than 1 where the oldest were merged' }),
    samplingIntervalBytes: Bytes,
    liveBytes: Bytes,
  },
  { title: 'EarlierSampling' },
);

const Earlier = Type.Object(
  {
    since: Time,
    takenAt: Type.String({ format: 'date-time', description: 'when the newest of them was last read' }),
    liveBytes: Bytes,
    liveSamples: Count,
    sites: Type.Array(EarlierSite, { description: 'what was alive then, largest first' }),
    samplings: Type.Array(EarlierSampling, { description: 'oldest first, at most 4' }),
  },
  {
    title: 'Earlier',
    description:
      'What was alive when the samplings before this one were last read. Some of it may have been freed since.',
  },
);

const ProfileLimitation = Type.Object(
  {
    part: Type.Enum(['before', 'gap', 'interval'], { type: 'string' }),
    because: Type.String(),
  },
  { title: 'ProfileLimitation' },
);

export const ProfileAnswer = Type.Object(
  {
    takenAt: Time,
    since: Type.String({
      format: 'date-time',
      description:
        'when the sampling began: sites show live memory that was allocated since. If another agent restarted the sampling, the time of the last reading before',
    }),
    mode: Type.Enum(['live', 'delta'], { type: 'string' }),
    seconds: Type.Optional(Seconds),
    samplingIntervalBytes: Bytes,
    liveBytes: Bytes,
    liveSamples: Count,
    costMs: Milliseconds,
    sites: Type.Array(Site),
    earlier: Type.Optional(Earlier),
    limitations: Type.Array(ProfileLimitation, { description: 'what is missing, and why' }),
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
