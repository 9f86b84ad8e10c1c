import { Type } from 'typebox';
import {
  byName,
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

const Process = Type.Object({
  pid: Count,
  uptimeSeconds: Seconds,
  nodeVersion: Type.String(),
  v8Version: Type.String(),
  cpu: Type.Optional(
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
  floorBytes: Type.Optional(Type.Integer({ description: 'bytes in use right after the newest major GC' })),
  floorAt: Type.Optional(Time),
  spaces: Type.Array(
    Type.Object({ name: Type.String(), usedBytes: Bytes, committedBytes: Bytes, availableBytes: Bytes }),
  ),
});

export const Cgroup = Type.Object({
  version: Type.Enum([1, 2]),
  usageBytes: Bytes,
  limitBytes: Type.Optional(Bytes),
  highBytes: Type.Optional(Bytes),
  inactiveFileBytes: Type.Optional(Bytes),
});

const GcKind = Type.Object({ count: Count, pauseMs: Milliseconds, reclaimedBytes: Bytes });

export const EventLoop = Type.Object({
  delayMeanMs: Milliseconds,
  delayP50Ms: Milliseconds,
  delayP90Ms: Type.Optional(Milliseconds),
  delayP99Ms: Milliseconds,
  delayMinMs: Type.Optional(Milliseconds),
  delayMaxMs: Milliseconds,
  delayStddevMs: Type.Optional(Milliseconds),
  utilization: Ratio,
  resolutionMs: Type.Optional(
    Type.Number({ description: 'milliseconds; an idle loop reads about this much' }),
  ),
});

export const Descriptors = Type.Object({ open: Count, limit: Type.Optional(Count) });

const TrackedInstances = Type.Object(
  {
    class: Type.String(),
    created: Count,
    finalized: Count,
    live: Type.Optional(Count),
    sampleEvery: Type.Integer({
      minimum: 1,
      description: 'one construction of so many is watched; above 1 finalized and live are estimates',
    }),
    growthPerSecond: Type.Optional(Estimate),
    exact: Type.Optional(Type.Object({ count: Count, at: Time }, { description: 'the newest exact count' })),
  },
  { title: 'TrackedInstances' },
);

const SnapshotFacts = Type.Object(
  {
    writer: Type.Optional(
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

const Windows = Type.Object(
  {
    count: Count,
    hooksSeconds: Type.Number({ description: 'seconds for which promise hooks were on' }),
    hooksShare: Type.Number({ minimum: 0, description: 'share of the uptime that hooks were on, 0 to 1' }),
    creditSeconds: Type.Number({
      description: 'seconds that hooks may be on now; negative if windows took more',
    }),
    newest: Type.Optional(Type.Object({ endedAt: Time, requests: Count, marksBytes: Bytes })),
    unavailable: Type.Optional(Type.String({ description: 'why none can be opened now' })),
  },
  { title: 'WindowFacts' },
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
  errors: byName(Count, { description: 'failures by part since the start' }),
});

export const StatsAnswer = Type.Object(
  {
    at: Time,
    process: Process,
    heap: Type.Optional(Heap),
    external: Type.Optional(Type.Object({ externalBytes: Bytes, arrayBuffersBytes: Type.Optional(Bytes) })),
    rssBytes: Type.Optional(Bytes),
    cgroup: Type.Optional(Cgroup),
    limit: Type.Optional(Type.Object({ bytes: Bytes, source: LimitSource, usedRatio: Type.Optional(Ratio) })),
    gc: Type.Object(
      { major: GcKind, minor: GcKind, incremental: GcKind, reclaimedBytes: Bytes, allocatedBytes: Bytes },
      { description: 'since the plugin started' },
    ),
    eventLoop: Type.Optional(EventLoop),
    handles: Type.Optional(byName(Count, { description: 'active resources by type' })),
    descriptors: Type.Optional(Descriptors),
    routes: Type.Optional(Type.Array(RouteRow, { description: 'the ten that retain most' })),
    instances: Type.Optional(Type.Array(TrackedInstances, { description: 'of classes given to trackClass' })),
    snapshots: Type.Optional(SnapshotFacts),
    windows: Windows,
    cost: Cost,
    verdict: Type.Optional(VerdictName),
    next: NextSteps,
  },
  { title: 'Stats' },
);

export type StatsAnswer = Answer<typeof StatsAnswer>;
