import type { Clock } from '../../src/base/clock.js';

export interface ScriptedClock extends Clock {
  advance(ms: number): void;
  /** Moves only the wall clock. */
  set(ms: number): void;
}

/** A clock that the test controls. */
export function scriptedClock(
  start: { readonly wall?: number; readonly monotonic?: number } = {},
): ScriptedClock {
  let { wall = Date.UTC(2026, 0, 1), monotonic = 1_000 } = start;
  return {
    wall: () => wall,
    monotonic: () => monotonic,
    advance(ms) {
      wall += ms;
      monotonic += ms;
    },
    set(ms) {
      wall += ms;
    },
  };
}
