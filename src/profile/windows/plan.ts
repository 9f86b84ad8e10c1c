import type { WindowLimits } from './window.js';

/** What determines the length and the sampling interval of a window. */
export interface Traffic {
  /** Recent rate of heap allocation. */
  readonly allocatedBytesPerSecond: number;
  /** Between the used heap and its limit. */
  readonly headroomBytes: number;
}

/**
 * For N survivors of a route whose requests keep k bytes, a window needs N · interval / k requests; their allocations are
 * sampled once per interval. So the processor time depends on N and not on the interval, while the memory of marks grows with
 * the square of the interval. That is why the interval is the smallest that the processor share of samples allows.
 */
const FINEST_INTERVAL_BYTES = 512;
/** A sample costs 3 µs at a stack of 5 frames and 14 µs at 40. */
const SAMPLE_MS = 0.01;
/** Of processor time for the samples of one window, its settling included. */
const SAMPLES_MS = 250;
/** Share of a core for samples. A saturated server loses this much throughput while a window is open. */
const SAMPLES_SHARE = 0.35;
const LONGEST_MS = 1_150;
/** Including the drain. */
export const LONGEST_HOOKS_MS = 1.5 * LONGEST_MS;
/** Time for sockets and timers to release the last requests. */
const SETTLE_SHARE = 0.2;
const SHORTEST_SETTLE_MS = 40;
const SHORTEST_DRAIN_MS = 100;
const MARK_BYTES = 16 * 2 ** 20;
/** Marks, samples and what sampling keeps per live sample, with room to spare. */
const NEEDED_BYTES = 3 * MARK_BYTES;

export interface WindowPlan extends WindowLimits {
  /** Between the end of the last request and the reading. */
  readonly settleMs: number;
}

/** @param wantedMs how long to follow requests; the plan is shorter if the samples would cost too much */
export function planWindow({ allocatedBytesPerSecond }: Traffic, wantedMs = LONGEST_MS): WindowPlan {
  const finestShare = (allocatedBytesPerSecond / 1000 / FINEST_INTERVAL_BYTES) * SAMPLE_MS;
  const share = Math.min(finestShare, SAMPLES_SHARE);
  const openMs = Math.min(SAMPLES_MS / (share * (1 + SETTLE_SHARE)), LONGEST_MS, wantedMs);
  return {
    openMs,
    samplingIntervalBytes: Math.round(FINEST_INTERVAL_BYTES * Math.max(1, finestShare / SAMPLES_SHARE)),
    drainMs: Math.max(openMs / 2, SHORTEST_DRAIN_MS),
    settleMs: Math.max(SHORTEST_SETTLE_MS, openMs * SETTLE_SHARE),
    maxMarkBytes: MARK_BYTES,
  };
}

/** Why no window can be opened now; undefined when one can. */
export function refusalOf({ headroomBytes }: Traffic): string | undefined {
  if (headroomBytes >= NEEDED_BYTES) return undefined;
  return `${Math.round(headroomBytes / 2 ** 20)} MiB are left to the limit, and a window may need ${NEEDED_BYTES / 2 ** 20}`;
}
