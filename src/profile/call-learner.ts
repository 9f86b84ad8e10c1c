import type { Clock } from '../base/clock.js';
import type { LiveProfile } from './live-profile.js';

/** Inputs of the decision to learn callers. */
export interface CallActivity {
  readonly completedRequests: number;
  /** Allocated since the start. */
  readonly allocatedBytes: number;
  /** Share of growth without a route, 0 to 1. */
  readonly unlinkedShare: number;
}

/**
 * Learns who calls whom from garbage: a function resumed after an `await` starts a new stack, and only stacks from
 * before the `await`, none of which stays alive, show its route. Learning drops the readings so far, so it happens
 * early, and later only for growth that could not be linked.
 */
export interface CallLearner {
  isDue(activity: CallActivity): boolean;
  learn(activity: CallActivity): Promise<void>;
}

const REQUESTS_WANTED = 50;
const UNLINKED_SHARE = 0.25;
const DURATION_MS = 4_000;
/** A function whose callers were not seen is looked for once more; those of timers have none. */
const MOST_ROUNDS = 2;
const REPEAT_MS = 300_000;
/** Enough stacks for the calls of a few dozen routes; each costs about 10 µs and 1 KB while learning. */
const SAMPLES_WANTED = 4_000;
const LEAST_INTERVAL_BYTES = 4 * 1024;
/**
 * Samples a second that the profile may take: each costs a few microseconds, so even a thousand are below half a
 * percent of a core. A server that allocates little is sampled finely, so its small leaks get a route and a line.
 */
const LIVE_SAMPLES_PER_SECOND = 600;
const FINEST_INTERVAL_BYTES = 16 * 1024;
/** A server that allocates this many times what the interval was chosen for learns again. */
const OUTGROWN = 8;

/** `coarsestIntervalBytes`: the profile's own interval, which is never exceeded. */
export function createCallLearner(
  profile: Pick<LiveProfile, 'learnCalls' | 'running' | 'samplingIntervalBytes'>,
  clock: Clock,
  coarsestIntervalBytes: number,
): CallLearner {
  const startedMs = clock.monotonic();
  let last: { readonly ms: number; readonly allocatedBytes: number } | undefined;
  const intervalAfter = (bytesPerSecond: number): number =>
    Math.min(
      Math.max(FINEST_INTERVAL_BYTES, bytesPerSecond / LIVE_SAMPLES_PER_SECOND),
      coarsestIntervalBytes,
    );
  return {
    isDue({ completedRequests, unlinkedShare, allocatedBytes }) {
      if (!profile.running || completedRequests < REQUESTS_WANTED) return false;
      if (last === undefined) return true;
      const sinceMs = clock.monotonic() - last.ms;
      if (sinceMs < REPEAT_MS) return false;
      const samplesPerSecond =
        (allocatedBytes - last.allocatedBytes) / (sinceMs / 1000) / profile.samplingIntervalBytes;
      const isOutgrown =
        profile.samplingIntervalBytes < coarsestIntervalBytes &&
        samplesPerSecond > OUTGROWN * LIVE_SAMPLES_PER_SECOND;
      return isOutgrown || unlinkedShare >= UNLINKED_SHARE;
    },
    async learn({ allocatedBytes }) {
      const nowMs = clock.monotonic();
      last = { ms: nowMs, allocatedBytes };
      const bytesPerMs = allocatedBytes / Math.max(1, nowMs - startedMs);
      const samplingIntervalBytes = Math.round(
        Math.max(LEAST_INTERVAL_BYTES, (bytesPerMs * DURATION_MS) / SAMPLES_WANTED),
      );
      const sampling = { durationMs: DURATION_MS, samplingIntervalBytes, intervalAfter };
      for (let round = 1; round <= MOST_ROUNDS; round += 1) {
        if ((await profile.learnCalls(sampling)) === 0) return;
      }
    },
  };
}
