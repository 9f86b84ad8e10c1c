import type { Clock } from '../measure/clock.js';
import type { LiveProfile } from './live-profile.js';

/** What the decision to learn who calls whom rests on. */
export interface CallActivity {
  readonly completedRequests: number;
  /** Allocated since the start. */
  readonly allocatedBytes: number;
  /** Share of what grows that no route could be named for, 0 to 1. */
  readonly unlinkedShare: number;
}

/**
 * Learns who calls whom from garbage: a function resumed after an `await` begins its stack anew, and only the stacks of
 * before the `await`, of which nothing stays alive, show whose it is. Learning drops the readings so far, so it happens
 * once early, and later only for a growth that could not be linked.
 */
export interface CallLearner {
  isDue(activity: CallActivity): boolean;
  learn(activity: CallActivity): Promise<void>;
}

const REQUESTS_WANTED = 50;
const UNLINKED_SHARE = 0.25;
const DURATION_MS = 4_000;
const REPEAT_MS = 300_000;
/** Enough stacks to see the calls of a few dozen routes; each costs some 10 µs and 1 KB while it lasts. */
const SAMPLES_WANTED = 4_000;
const LEAST_INTERVAL_BYTES = 16 * 1024;

export function createCallLearner(
  profile: Pick<LiveProfile, 'learnCalls' | 'running'>,
  clock: Clock,
): CallLearner {
  const startedMs = clock.monotonic();
  let lastMs: number | undefined;
  return {
    isDue({ completedRequests, unlinkedShare }) {
      if (!profile.running || completedRequests < REQUESTS_WANTED) return false;
      if (lastMs === undefined) return true;
      return unlinkedShare >= UNLINKED_SHARE && clock.monotonic() - lastMs >= REPEAT_MS;
    },
    async learn({ allocatedBytes }) {
      lastMs = clock.monotonic();
      const bytesPerMs = allocatedBytes / Math.max(1, lastMs - startedMs);
      const samplingIntervalBytes = Math.round(
        Math.max(LEAST_INTERVAL_BYTES, (bytesPerMs * DURATION_MS) / SAMPLES_WANTED),
      );
      await profile.learnCalls({ durationMs: DURATION_MS, samplingIntervalBytes });
    },
  };
}
