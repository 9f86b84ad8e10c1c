import { performance } from 'node:perf_hooks';

/** Source of time; injected so that a test runs hours of samples in milliseconds. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. May step. */
  wall(): number;
  /** Milliseconds on the clock of `performance.now()`. Never steps back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};
