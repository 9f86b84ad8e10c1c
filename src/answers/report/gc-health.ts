import { gcPauseBucketsSeconds, type GcKindTotals, type GcTotalsReading } from '../../measure/gc-totals.js';
import type { GcKind } from '../../measure/reading.js';
import { gcShareOf, type Recent } from './recent.js';
import type { ReportAnswer } from './schema.js';

type GcHealth = ReportAnswer['gc'];

/** Share of time spent in garbage collection, and how long its pauses are. */
export function gcHealth(gc: GcTotalsReading, recent: Recent | undefined): GcHealth {
  const share = gcShareOf(recent);
  return {
    ...(recent !== undefined &&
      share !== undefined && {
        recentShare: share,
        recentSeconds: Math.round(recent.seconds),
        allocatedBytesPerSecond: Math.round(recent.allocatedBytes / recent.seconds),
      }),
    kinds: (Object.entries(gc.kinds) as [GcKind, GcKindTotals][])
      .filter(([, { count }]) => count > 0)
      .map(([kind, totals]) => kindHealth(kind, totals)),
    words: wordsOf(share),
  };
}

function wordsOf(share: number | undefined): string {
  if (share === undefined) return 'too little has been seen to say what share of the time it takes';
  if (share < 0.02) return 'garbage collection is no problem';
  if (share < 0.05) return 'garbage collection is noticeable, and no problem yet';
  if (share < 0.15) return 'garbage collection costs throughput';
  return 'garbage collection takes so much of the time that the service suffers';
}

function kindHealth(
  kind: GcKind,
  { count, pauseSeconds, reclaimedBytes, bucketCounts }: GcKindTotals,
): GcHealth['kinds'][number] {
  // Read from the buckets; none if it exceeds the last one.
  const bound = gcPauseBucketsSeconds.find((_, i) => (bucketCounts[i] ?? 0) >= count);
  return {
    kind,
    count,
    pauseMs: Math.round(pauseSeconds * 1e6) / 1e3,
    reclaimedBytes,
    ...(bound !== undefined && { longestPauseAtMostMs: Math.round(bound * 1e6) / 1e3 }),
  };
}
