import type { ChildProgress } from './child-progress.js';

export interface WatchdogLimits {
  /** A writer that makes no progress for so long is considered hung. */
  readonly stallMs: number;
  /** It may not take longer than this even if it makes progress. */
  readonly deadlineMs: number;
}

/** A hung child uses no processor time at all, a starved one some each second: 10 s tell them apart. */
export const defaultLimits: WatchdogLimits = { stallMs: 10_000, deadlineMs: 900_000 };

export interface Watchdog {
  /** Judges a new reading. */
  look(nowMs: number, progress: ChildProgress): 'going' | 'stalled' | 'overdue';
}

/**
 * Progress is a byte more or processor time used: V8 walks the heap for half of the time before it writes the first
 * byte. Where neither can be read, only the deadline holds.
 */
export function createWatchdog({ stallMs, deadlineMs }: WatchdogLimits, startMs: number): Watchdog {
  let last: ChildProgress = {};
  let lastMs = startMs;
  return {
    look(nowMs, progress) {
      if (nowMs - startMs >= deadlineMs) return 'overdue';
      const unknown = progress.cpuTicks === undefined && progress.writtenBytes === undefined;
      if (unknown || progress.cpuTicks !== last.cpuTicks || progress.writtenBytes !== last.writtenBytes) {
        last = progress;
        lastMs = nowMs;
      }
      return nowMs - lastMs >= stallMs ? 'stalled' : 'going';
    },
  };
}
