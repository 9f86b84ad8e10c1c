import type { Clock } from '../../base/clock.js';

/** Measures for how long a capture blocks the event loop. */
export interface BlockedTime {
  /** Runs `work`, which must be synchronous. */
  during<T>(work: () => T): T;
  /** Adds a time that was measured elsewhere. */
  add(milliseconds: number): void;
  /** The longest so far, in milliseconds. */
  readonly longestMs: number;
}

export function createBlockedTime(clock: Clock): BlockedTime {
  let longestMs = 0;
  const add = (milliseconds: number): void => {
    longestMs = Math.max(longestMs, milliseconds);
  };
  return {
    during(work) {
      const startMs = clock.monotonic();
      try {
        return work();
      } finally {
        add(clock.monotonic() - startMs);
      }
    },
    add,
    get longestMs() {
      return longestMs;
    },
  };
}

const RESOLUTION_MS = 10;

/** Adds every delay of the event loop that is longer than a tick, until stopped. */
export function watchEventLoop(clock: Clock, blocked: BlockedTime): { stop(): void } {
  let lastMs = clock.monotonic();
  const take = (expectedMs: number): void => {
    const nowMs = clock.monotonic();
    blocked.add(nowMs - lastMs - expectedMs);
    lastMs = nowMs;
  };
  const timer = setInterval(() => take(RESOLUTION_MS), RESOLUTION_MS).unref();
  return {
    stop() {
      clearInterval(timer);
      take(RESOLUTION_MS);
    },
  };
}
