import type { History, HistoryResult } from '../../history/history.js';

/** Activity in the newest part of the history; counters are differences over it. */
export interface Recent {
  readonly seconds: number;
  readonly requests: number;
  readonly gcPauseSeconds: number;
  readonly gcMajorCount: number;
  readonly gcMinorCount: number;
  readonly allocatedBytes: number;
  readonly eventLoopDelayP99Ms?: number;
}

const COUNTERS = ['requests', 'gcPauseSeconds', 'gcMajorCount', 'gcMinorCount', 'allocatedBytes'] as const;
const SPAN_SECONDS = 600;

/** The last ten minutes, or as much as there is; undefined before there are two samples. */
export function recentOf(history: Pick<History, 'query'>, nowMs: number): Recent | undefined {
  const result = history.query({
    from: nowMs - SPAN_SECONDS * 1000,
    series: [...COUNTERS, 'eventLoopDelayP99Ms'],
  });
  return recentIn(result);
}

/** The same, from an existing query result. */
export function recentIn({ times, series }: Pick<HistoryResult, 'times' | 'series'>): Recent | undefined {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) return undefined;
  const delta = (name: (typeof COUNTERS)[number]): number => {
    const values = (series[name]?.last ?? []).filter((value) => value !== null);
    return Math.max(0, (values.at(-1) ?? 0) - (values[0] ?? 0));
  };
  const delays = (series['eventLoopDelayP99Ms']?.last ?? []).filter((value) => value !== null);
  const middle = delays.toSorted((a, b) => a - b)[delays.length >> 1];
  return {
    seconds: (last - first) / 1000,
    requests: delta('requests'),
    gcPauseSeconds: delta('gcPauseSeconds'),
    gcMajorCount: delta('gcMajorCount'),
    gcMinorCount: delta('gcMinorCount'),
    allocatedBytes: delta('allocatedBytes'),
    ...(middle !== undefined && { eventLoopDelayP99Ms: middle }),
  };
}

/** Share of time in GC pauses, 0 to 1; undefined if the time is too short. */
export function gcShareOf(recent: Recent | undefined): number | undefined {
  if (recent === undefined || recent.seconds < 10) return undefined;
  return Math.min(1, recent.gcPauseSeconds / recent.seconds);
}
