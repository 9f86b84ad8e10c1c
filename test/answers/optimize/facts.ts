import { resolveOptions } from '../../../src/config/resolve.js';
import type { TidemarkOptions } from '../../../src/config/options.js';
import type { GcKindTotals, GcTotalsReading } from '../../../src/measure/gc-totals.js';
import type { GcHeap, HeapReading } from '../../../src/measure/reading.js';
import type { OptimizeFacts } from '../../../src/answers/optimize/facts.js';
import type { RouteRow } from '../../../src/answers/routes/build.js';

export const MIB = 1024 * 1024;

export const heapOf = (given: Partial<HeapReading> = {}): HeapReading => ({
  usedBytes: 50 * MIB,
  committedBytes: 80 * MIB,
  limitBytes: 4096 * MIB,
  mallocedBytes: 0,
  externalBytes: 2 * MIB,
  nativeContexts: 1,
  detachedContexts: 0,
  spaces: [],
  ...given,
});

export const kindOf = (count: number, pauseSeconds: number, reclaimedBytes = 0): GcKindTotals => ({
  count,
  pauseSeconds,
  reclaimedBytes,
  bucketCounts: [0, 0, 0, count, count, count, count, count, count, count, count, count],
});

export function gcOf(given: Partial<GcTotalsReading> = {}): GcTotalsReading {
  const kinds = {
    major: kindOf(0, 0),
    minor: kindOf(0, 0),
    incremental: kindOf(0, 0),
    weakcb: kindOf(0, 0),
    ...given.kinds,
  };
  const all = Object.values(kinds);
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    pauseSeconds: all.reduce((sum, { pauseSeconds }) => sum + pauseSeconds, 0),
    reclaimedBytes: 0,
    allocatedBytes: 0,
    ...given,
    kinds,
  };
}

export const liveAfterGc = (usedBytes: number): NonNullable<GcTotalsReading['lastMajor']> => ({
  startMs: 0,
  after: { usedBytes } as GcHeap,
});

export const recentOf = (gcPauseSeconds: number, gcMajorCount = 0): NonNullable<OptimizeFacts['recent']> => ({
  seconds: 100,
  requests: 1000,
  gcPauseSeconds,
  gcMajorCount,
  gcMinorCount: 100,
  allocatedBytes: 1000 * MIB,
  eventLoopDelayP99Ms: 12,
});

export const routeOf = (route: string, requests: number, given: Partial<RouteRow> = {}): RouteRow => ({
  route,
  requests,
  inFlight: 0,
  statuses: { '2xx': requests },
  ...given,
});

/** A healthy process, but for what a test says. */
export function factsOf(given: Partial<OptimizeFacts> = {}, options: TidemarkOptions = {}): OptimizeFacts {
  return {
    sample: { at: 0, monotonicMs: 0, heap: heapOf() },
    gc: gcOf(),
    routes: [],
    completed: 1000,
    serverErrors: 0,
    flags: [],
    failures: {},
    options: resolveOptions(options, {}),
    ...given,
  };
}
