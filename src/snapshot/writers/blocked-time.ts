import type { Clock } from '../../measure/clock.js';

/** Measures the stretches for which a capture blocks the event loop. */
export interface BlockedTime {
  /** Runs `work`, of which no part may be asynchronous. */
  during<T>(work: () => T): T;
  /** Adds a stretch that was measured otherwise. */
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
