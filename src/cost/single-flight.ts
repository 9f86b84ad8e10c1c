import { TidemarkError } from '../base/errors.js';
import type { Clock } from '../base/clock.js';

/** What is running. */
export interface Flight {
  readonly name: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly runningMs: number;
}

export interface SingleFlight {
  /** What runs now. */
  current(): Flight | undefined;
  /**
   * Runs `fn` at once, or rejects with `TIDEMARK_ERR_COST_BUSY` that says what runs and since when.
   */
  tryRun<T>(name: string, fn: () => T | Promise<T>): Promise<T>;
}

/** The refusal that a second operation gets. */
export function busyError(flight: Flight): TidemarkError {
  const since = new Date(flight.sinceMs).toISOString();
  return new TidemarkError('TIDEMARK_ERR_COST_BUSY', {
    reason: `"${flight.name}" runs since ${since} (${(flight.runningMs / 1000).toFixed(1)} s)`,
  });
}

/** One expensive operation at a time: two of them make each other's pauses longer and their figures wrong. */
export function createSingleFlight(clock: Clock): SingleFlight {
  let running: { name: string; sinceMs: number; startedAt: number } | undefined;

  function current(): Flight | undefined {
    if (running === undefined) return undefined;
    const { name, sinceMs, startedAt } = running;
    return { name, sinceMs, runningMs: clock.monotonic() - startedAt };
  }

  return {
    current,
    async tryRun(name, fn) {
      const flight = current();
      if (flight !== undefined) throw busyError(flight);
      running = { name, sinceMs: clock.wall(), startedAt: clock.monotonic() };
      try {
        return await fn();
      } finally {
        running = undefined;
      }
    },
  };
}
