import { Type, type TSchema } from 'typebox';
import { Bytes, Count, Estimate, Milliseconds, NextSteps, Ratio, Seconds, Time } from './common.js';

const open = { additionalProperties: true };
const Optional = Type.Optional;

const VERDICTS = ['insufficient-data', 'stable', 'filling', 'growing', 'leaking', 'native-growth'];
export const VerdictName = Type.Enum(VERDICTS, { type: 'string' });

const Place = {
  function: Type.String(),
  file: Type.String({ description: 'relative to the working directory; empty where there is none' }),
  line: Type.Integer({ description: 'where the function starts: V8 samples by function' }),
  column: Type.Integer(),
};

export const Site = Type.Object(
  { ...Place, liveBytes: Bytes, growthBytes: Estimate, share: Ratio, stack: Type.Array(Type.String()) },
  open,
);

const Limit = Type.Object({
  bytes: Bytes,
  source: Type.Enum(['configured', 'cgroup', 'heap_size_limit'], { type: 'string' }),
});

export const StatsAnswer = Type.Object(
  {
    at: Time,
    process: Type.Object(
      { pid: Count, uptimeSeconds: Seconds, nodeVersion: Type.String(), v8Version: Type.String() },
      open,
    ),
    heap: Optional(
      Type.Object(
        {
          usedBytes: Bytes,
          committedBytes: Bytes,
          limitBytes: Bytes,
          floorBytes: Optional(Bytes),
          spaces: Type.Array(
            Type.Object({ name: Type.String(), usedBytes: Bytes, committedBytes: Bytes }, open),
          ),
        },
        open,
      ),
    ),
    external: Optional(Type.Object({ externalBytes: Bytes, arrayBuffersBytes: Optional(Bytes) })),
    rssBytes: Optional(Bytes),
    cgroup: Optional(
      Type.Object({ version: Type.Integer(), usageBytes: Bytes, limitBytes: Optional(Bytes) }, open),
    ),
    limit: Optional(Type.Object({ bytes: Bytes, source: Type.String(), usedRatio: Optional(Ratio) })),
    gc: Type.Object({ reclaimedBytes: Bytes, allocatedBytes: Bytes }, open),
    eventLoop: Optional(Type.Object({ delayP99Ms: Milliseconds, utilization: Ratio }, open)),
    handles: Optional(Type.Record(Type.String(), Count)),
    descriptors: Optional(Type.Object({ open: Count, limit: Optional(Count) })),
    routes: Optional(Type.Array(Type.Object({ route: Type.String(), requests: Count }, open))),
    cost: Type.Object({ samplingSeconds: Seconds, pauseSeconds: Seconds, selfBytes: Bytes }, open),
    verdict: Optional(VerdictName),
    next: NextSteps,
  },
  { title: 'Stats' },
);

export const HealthAnswer = Type.Object(
  {
    status: Type.Enum(['ok', 'warning', 'critical'], { type: 'string' }),
    score: Type.Integer({ minimum: 0, maximum: 100 }),
    memory: Type.Object({ status: Type.String(), usedRatio: Optional(Ratio) }, open),
    eventLoop: Optional(Type.Object({ status: Type.String(), delayP99Ms: Milliseconds, utilization: Ratio })),
    resources: Type.Object({ status: Type.String() }, open),
    verdict: Optional(VerdictName),
  },
  { title: 'Health' },
);

const Column = Type.Array(Type.Union([Type.Number(), Type.Null()]));

export const HistoryAnswer = Type.Object(
  {
    tier: Type.Object({ stepSeconds: Seconds }, open),
    stepSeconds: Seconds,
    from: Time,
    to: Time,
    times: Type.Array(Time),
    series: Type.Record(Type.String(), Type.Object({ min: Column, max: Column, last: Column })),
    next: NextSteps,
  },
  { title: 'History', ...open },
);

export const RoutesAnswer = Type.Object(
  {
    at: Time,
    sort: Type.String(),
    total: Optional(Count),
    routes: Optional(
      Type.Array(
        Type.Object(
          {
            route: Type.String(),
            requests: Count,
            inFlight: Count,
            statuses: Type.Record(Type.String(), Count),
            duration: Optional(
              Type.Object({ p50Ms: Milliseconds, p90Ms: Milliseconds, p99Ms: Milliseconds }),
            ),
            heapDelta: Optional(Type.Object({ p50Bytes: Bytes, p90Bytes: Bytes, p99Bytes: Bytes })),
            cleanShare: Optional(Ratio),
            retainedBytesPerRequest: Optional(Estimate),
          },
          open,
        ),
      ),
    ),
    deepSamples: Optional(Type.Object({ taken: Count, newest: Type.Array(Type.Object({}, open)) })),
    next: NextSteps,
  },
  { title: 'Routes' },
);

const Growth = Type.Object({ bytesPerSecond: Estimate, bytesPerRequest: Optional(Estimate) });

export const VerdictAnswer = Type.Object(
  {
    verdict: VerdictName,
    confidence: Optional(Ratio),
    signal: Optional(Type.String()),
    missing: Optional(Type.Array(Type.String())),
    readyInSeconds: Optional(Seconds),
    decidedAt: Optional(Time),
    window: Optional(Type.Object({ from: Time, to: Time, majorGcs: Count, requests: Count })),
    growth: Optional(Growth),
    limit: Optional(Limit),
    exhaustion: Optional(Type.Object({ at: Type.Union([Time, Type.Null()]), inSeconds: Estimate })),
    suspects: Optional(
      Type.Object({
        routes: Type.Array(
          Type.Object(
            {
              route: Type.String(),
              bytesPerRequest: Estimate,
              share: Ratio,
              collinearWith: Type.Array(Type.String()),
            },
            open,
          ),
        ),
        sites: Type.Array(Site),
        resources: Type.Array(Type.Object({}, open)),
        holders: Type.Array(Type.Object({}, open)),
      }),
    ),
    ruledOut: Type.Array(Type.Object({ verdict: Type.String(), because: Type.String() })),
    next: NextSteps,
  },
  { title: 'Verdict' },
);

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
    verdict: Optional(
      Type.Object({
        verdict: VerdictName,
        confidenceBefore: Optional(Ratio),
        confidenceAfter: Optional(Ratio),
      }),
    ),
    next: NextSteps,
  },
  { title: 'GcExperiment' },
);

export const ProfileAnswer = Type.Object(
  {
    takenAt: Time,
    mode: Type.Enum(['live', 'delta'], { type: 'string' }),
    seconds: Optional(Seconds),
    samplingIntervalBytes: Bytes,
    liveBytes: Bytes,
    costMs: Milliseconds,
    sites: Type.Array(Site),
    routes: Type.Array(Type.Object({ route: Type.String(), growthBytes: Estimate, share: Ratio }, open)),
    next: NextSteps,
  },
  { title: 'Profile', ...open },
);

/** A body that is not JSON: metrics, a profile for another tool, CSV. */
export function fileOf(...types: readonly string[]): TSchema {
  const content = Object.fromEntries(
    types.map((type) => [
      type,
      { schema: Type.Unsafe({ type: 'string', ...(type.startsWith('text/') ? {} : { format: 'binary' }) }) },
    ]),
  );
  return { description: 'the file', content } as unknown as TSchema;
}
