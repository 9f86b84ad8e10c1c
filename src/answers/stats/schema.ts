import { Type } from 'typebox';
import {
  type Answer,
  Bytes,
  Count,
  Estimate,
  LimitSource,
  Milliseconds,
  NextSteps,
  Ratio,
  Seconds,
  Time,
  VerdictName,
} from '../common.js';
import { RouteRow } from '../routes/schema.js';

const { Optional } = Type;

const Process = Type.Object({
  pid: Count,
  uptimeSeconds: Seconds,
  nodeVersion: Type.String(),
  v8Version: Type.String(),
  cpu: Optional(
    Type.Object({
      userSeconds: Seconds,
      systemSeconds: Seconds,
      utilization: Type.Number({ minimum: 0, description: '1 is one core fully busy' }),
    }),
  ),
});

const Heap = Type.Object({
  usedBytes: Bytes,
  committedBytes: Bytes,
  limitBytes: Bytes,
  mallocedBytes: Bytes,
  nativeContexts: Count,
  detachedContexts: Count,
  floorBytes: Optional(Type.Integer({ description: 'bytes in use right after the newest major GC' })),
  floorAt: Optional(Time),
  spaces: Type.Array(
    Type.Object({ name: Type.String(), usedBytes: Bytes, committedBytes: Bytes, availableBytes: Bytes }),
  ),
});

export const Cgroup = Type.Object({
  version: Type.Enum([1, 2]),
  usageBytes: Bytes,
  limitBytes: Optional(Bytes),
  highBytes: Optional(Bytes),
  inactiveFileBytes: Optional(Bytes),
});

const GcKind = Type.Object({ count: Count, pauseMs: Milliseconds, reclaimedBytes: Bytes });

export const EventLoop = Type.Object({
  delayMeanMs: Milliseconds,
  delayP50Ms: Milliseconds,
  delayP90Ms: Optional(Milliseconds),
  delayP99Ms: Milliseconds,
  delayMinMs: Optional(Milliseconds),
  delayMaxMs: Milliseconds,
  delayStddevMs: Optional(Milliseconds),
  utilization: Ratio,
  resolutionMs: Optional(Type.Number({ description: 'milliseconds; an idle loop reads about this much' })),
});

export const Descriptors = Type.Object({ open: Count, limit: Optional(Count) });

const TrackedInstances = Type.Object(
  {
    class: Type.String(),
    created: Count,
    finalized: Count,
    live: Optional(Count),
    sampleEvery: Type.Integer({
      minimum: 1,
      description: 'one construction of so many is watched; above 1 finalized and live are estimates',
    }),
    growthPerSecond: Optional(Estimate),
    exact: Optional(Type.Object({ count: Count, at: Time }, { description: 'the newest exact count' })),
  },
  { title: 'TrackedInstances' },
);

const SnapshotFacts = Type.Object(
  {
    writer: Optional(
      Type.String({ description: 'that is used; absent until a test in another process has told' }),
    ),
    reason: Type.String({ description: 'why this writer' }),
    captures: Count,
    written: Count,
    failed: Count,
    retries: Count,
    killed: Count,
  },
  { title: 'SnapshotFacts' },
);

export const Cost = Type.Object({
  samplingSeconds: Seconds,
  pauseSeconds: Seconds,
  probeGcs: Count,
  profileReadings: Count,
  pauseBudgetRemainingMs: Milliseconds,
  selfBytes: Bytes,
  routes: Count,
  routesDropped: Count,
  requestsNotRecorded: Count,
  errors: Type.Record(Type.String(), Count, { description: 'failures by part since the start' }),
});

export const StatsAnswer = Type.Object(
  {
    at: Time,
    process: Process,
    heap: Optional(Heap),
    external: Optional(Type.Object({ externalBytes: Bytes, arrayBuffersBytes: Optional(Bytes) })),
    rssBytes: Optional(Bytes),
    cgroup: Optional(Cgroup),
    limit: Optional(Type.Object({ bytes: Bytes, source: LimitSource, usedRatio: Optional(Ratio) })),
    gc: Type.Object(
      { major: GcKind, minor: GcKind, incremental: GcKind, reclaimedBytes: Bytes, allocatedBytes: Bytes },
      { description: 'since the plugin started' },
    ),
    eventLoop: Optional(EventLoop),
    handles: Optional(Type.Record(Type.String(), Count, { description: 'active resources by type' })),
    descriptors: Optional(Descriptors),
    routes: Optional(Type.Array(RouteRow, { description: 'the ten that retain most' })),
    instances: Optional(Type.Array(TrackedInstances, { description: 'of classes given to trackClass' })),
    snapshots: Optional(SnapshotFacts),
    cost: Cost,
    verdict: Optional(VerdictName),
    next: NextSteps,
  },
  { title: 'Stats' },
);

export type StatsAnswer = Answer<typeof StatsAnswer>;
