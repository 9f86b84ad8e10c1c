import { Type } from 'typebox';
import {
  type Answer,
  Bytes,
  BytesEstimate,
  Count,
  Estimate,
  LimitSource,
  NextSteps,
  Seconds,
  Share,
  Time,
  VerdictName,
} from '../common.js';
import { RetentionFindings } from '../retention/schema.js';
import { Site } from '../site.js';

const RouteSuspect = Type.Object(
  {
    route: Type.String(),
    bytesPerRequest: BytesEstimate,
    floorBytesPerRequest: Type.Optional(BytesEstimate),
    share: Share,
    evidence: Type.Enum(['window', 'regression'], {
      type: 'string',
      description:
        'a retention window showed that its requests leave memory behind, or the heap floor follows the number of its requests',
    }),
    requests: Count,
    collinearWith: Type.Array(Type.String(), {
      description: 'routes that the evidence cannot tell from this one',
    }),
  },
  { title: 'RouteSuspect' },
);

const ResourceSuspect = Type.Object(
  { name: Type.String(), kind: Type.String(), size: Count, growthPerSecond: Type.Number() },
  { title: 'ResourceSuspect' },
);

const HolderSuspect = Type.Object(
  {
    constructor: Type.String(),
    count: Count,
    retainedGrowthBytes: Bytes,
    path: Type.String(),
    snapshots: Type.Array(Type.String()),
    entries: Type.Optional(Type.Object({ before: Count, after: Count })),
    agreesWithSites: Type.Boolean({ description: 'whether its path names a file of a suspect line' }),
  },
  { title: 'HolderSuspect' },
);

const Suspects = Type.Object({
  routes: Type.Array(RouteSuspect),
  sites: Type.Array(Site),
  resources: Type.Array(ResourceSuspect),
  holders: Type.Array(HolderSuspect),
});

const Limitation = Type.Object(
  {
    part: Type.Enum(['profile', 'windows', 'requests', 'routes', 'probes', 'time'], { type: 'string' }),
    because: Type.String(),
  },
  { title: 'Limitation' },
);

/** Fields that a class cannot have are absent. */
export const VerdictAnswer = Type.Object(
  {
    verdict: VerdictName,
    confidence: Type.Optional(Share),
    because: Type.Optional(
      Type.String({ description: 'of a class that does not rise: what speaks for it, in a sentence' }),
    ),
    signal: Type.Optional(
      Type.Enum(['heap-floor', 'external-floor', 'native-remainder'], { type: 'string' }),
    ),
    missing: Type.Optional(Type.Array(Type.String(), { description: 'of insufficient-data' })),
    readyInSeconds: Type.Optional(Seconds),
    decidedAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'of growing: when the fill horizon ends' }),
    ),
    window: Type.Optional(Type.Object({ from: Time, to: Time, majorGcs: Count, requests: Count })),
    growth: Type.Optional(
      Type.Object({ bytesPerSecond: BytesEstimate, bytesPerRequest: Type.Optional(BytesEstimate) }),
    ),
    limit: Type.Optional(Type.Object({ bytes: Bytes, source: LimitSource })),
    exhaustion: Type.Optional(
      Type.Object(
        { at: Type.Optional(Time), inSeconds: Estimate },
        { description: 'when growth meets the limit' },
      ),
    ),
    suspects: Type.Optional(Suspects),
    retention: Type.Optional(RetentionFindings),
    limitations: Type.Optional(
      Type.Array(Limitation, {
        description: 'what the verdict had to do without: one sentence each; absent when nothing is missing',
      }),
    ),
    ruledOut: Type.Array(Type.Object({ verdict: VerdictName, because: Type.String() })),
    next: NextSteps,
  },
  { title: 'Verdict' },
);

export type VerdictAnswer = Answer<typeof VerdictAnswer>;
export type Limitation = Answer<typeof Limitation>;
export type Suspects = Answer<typeof Suspects>;
