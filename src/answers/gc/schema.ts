import { Type } from 'typebox';
import { type Answer, Bytes, Milliseconds, NextSteps, Share, VerdictName } from '../common.js';

const Sizes = Type.Object({ usedBytes: Bytes, committedBytes: Bytes, externalBytes: Bytes });

export const GcAnswer = Type.Object(
  {
    runs: Type.Array(Type.Object({ pauseMs: Milliseconds, usedBytes: Bytes, reclaimedBytes: Bytes })),
    before: Sizes,
    after: Sizes,
    reclaimedBytes: Bytes,
    spaces: Type.Array(
      Type.Object({ name: Type.String(), beforeBytes: Bytes, afterBytes: Bytes, reclaimedBytes: Bytes }),
    ),
    verdict: Type.Optional(
      Type.Object({
        verdict: VerdictName,
        confidenceBefore: Type.Optional(Share),
        confidenceAfter: Type.Optional(Share),
      }),
    ),
    next: NextSteps,
  },
  { title: 'GcExperiment' },
);

export type GcAnswer = Answer<typeof GcAnswer>;
