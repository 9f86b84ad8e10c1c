import { Type } from 'typebox';
import {
  type Answer,
  Bytes,
  Count,
  LimitSource,
  Milliseconds,
  NextSteps,
  Ratio,
  Seconds,
  Share,
  Time,
  VerdictName,
} from '../common.js';
import { Suggestion } from '../optimize/schema.js';
import { RouteRow } from '../routes/schema.js';
import { Cgroup, Cost, EventLoop } from '../stats/schema.js';
import { VerdictAnswer } from '../verdict/schema.js';

const Column = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
  description: 'null where nothing was read',
});

const Growth = Type.Object(
  {
    stepSeconds: Seconds,
    from: Time,
    to: Time,
    times: Type.Array(Time, { description: 'when each step began' }),
    heapUsedBytes: Column,
    heapFloorBytes: Column,
    externalBytes: Column,
  },
  { description: 'what the chart shows: the greatest of each step, and the newest floor' },
);

const Limits = Type.Object({
  effective: Type.Optional(
    Type.Object({ bytes: Bytes, source: LimitSource, usedRatio: Type.Optional(Ratio) }),
  ),
  heapLimitBytes: Type.Optional(Bytes),
  cgroup: Type.Optional(Cgroup),
});

const Memory = Type.Object({
  heapUsedBytes: Type.Optional(Bytes),
  heapCommittedBytes: Type.Optional(Bytes),
  heapFloorBytes: Type.Optional(Bytes),
  externalBytes: Type.Optional(Bytes),
  arrayBuffersBytes: Type.Optional(Bytes),
  rssBytes: Type.Optional(Bytes),
});

const GcHealth = Type.Object({
  recentShare: Type.Optional(Share),
  recentSeconds: Type.Optional(Seconds),
  allocatedBytesPerSecond: Type.Optional(Bytes),
  kinds: Type.Array(
    Type.Object({
      kind: Type.Enum(['major', 'minor', 'incremental', 'weakcb'], { type: 'string' }),
      count: Count,
      pauseMs: Milliseconds,
      reclaimedBytes: Bytes,
      longestPauseAtMostMs: Type.Optional(Milliseconds),
    }),
    { description: 'since the plugin started' },
  ),
  words: Type.String(),
});

const Coefficient = Type.Number({ minimum: -1, maximum: 1 });

const LoadCorrelation = Type.Object(
  {
    memory: Type.Enum(['heapUsedBytes', 'heapFloorBytes', 'heapFloorGrowthBytes'], { type: 'string' }),
    load: Type.Enum(['requestsPerSecond', 'inFlight'], { type: 'string' }),
    points: Count,
    stepSeconds: Seconds,
    pearson: Type.Optional(Coefficient),
    spearman: Type.Optional(Coefficient),
    words: Type.String(),
  },
  { title: 'LoadCorrelation' },
);

const Incident = Type.Object(
  {
    at: Time,
    until: Type.Optional(Type.String({ format: 'date-time', description: 'absent while it lasts' })),
    verdict: VerdictName,
    confidence: Type.Optional(Share),
    bytesPerSecond: Type.Optional(Bytes),
    route: Type.Optional(Type.String()),
    site: Type.Optional(Type.String()),
  },
  { title: 'Incident' },
);

export const ReportAnswer = Type.Object(
  {
    at: Time,
    headline: Type.String({ description: 'what, how fast, where, until when' }),
    process: Type.Object({ pid: Count, uptimeSeconds: Seconds, nodeVersion: Type.String() }),
    actions: Type.Array(Suggestion, { description: 'the most severe suggestions' }),
    verdict: Type.Optional(VerdictAnswer),
    growth: Type.Optional(Growth),
    routes: Type.Array(RouteRow),
    memory: Memory,
    limits: Limits,
    gc: GcHealth,
    load: Type.Optional(Type.Array(LoadCorrelation)),
    eventLoop: Type.Optional(EventLoop),
    incidents: Type.Array(Incident, { description: 'changes of the verdict in this life, oldest first' }),
    cost: Cost,
    next: NextSteps,
  },
  { title: 'Report' },
);

export type ReportAnswer = Answer<typeof ReportAnswer>;
