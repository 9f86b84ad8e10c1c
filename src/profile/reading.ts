import type { ProfileMark } from './cell-table.js';
import type { LiveStacks } from './live-stacks.js';

/** What is kept of one reading of the live-allocation profile. */
export interface Reading {
  /** Wall clock, milliseconds since the epoch. */
  readonly takenAtMs: number;
  /** Wall clock when its run of sampling began; earlier allocations are not in it. */
  readonly startedAtMs: number;
  /** On the injected clock. */
  readonly monotonicMs: number;
  /** How long the thread was blocked, V8's full garbage collection included. */
  readonly costMs: number;
  readonly liveBytes: number;
  readonly liveSamples: number;
  readonly mark: ProfileMark;
}

/** A reading as its caller gets it; only the caller keeps the stacks. */
export interface FullReading extends Reading {
  readonly stacks: LiveStacks;
}
