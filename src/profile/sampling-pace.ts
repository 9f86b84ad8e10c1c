import type { Clock } from '../base/clock.js';

/** Another interval for the sampling, and the rate that asked for it. */
export interface IntervalChange {
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly allocatedBytesPerSecond: number;
  /** That the old interval would take at this rate, or took. */
  readonly samplesPerSecond: number;
  readonly mostSamplesPerSecond: number;
}

export interface PaceReading {
  /** Allocated on the heap so far; only rises. */
  readonly allocatedBytes: number;
  readonly samplingIntervalBytes: number;
  /** Mean number of frames of the sampled stacks, as far as known. */
  readonly stackDepth: number;
}

/**
 * Keeps the samples of the always-on profile below 0.5 % of a core. What counts is the newest second, not a mean since the
 * start: a server that starts quietly and then gets busy is the ordinary deployment.
 */
export interface SamplingPace {
  /** Takes in what was allocated since the last call; call it every second or so. */
  note(reading: PaceReading): void;
  /** The change that is wanted now. It stays until the interval has changed or the reason is gone. */
  readonly due: IntervalChange | undefined;
}

export interface PaceOptions {
  readonly clock: Clock;
  /** The interval asked for: never finer. */
  readonly finestBytes: number;
}

/** Of a core. */
const SHARE = 0.005;
/** A sample costs 3 µs and 0.3 for each frame: 15 µs at 40. Measured: 10 to 15 at 40, 22 to 24 at 120. */
const SAMPLE_US = 3;
const FRAME_US = 0.3;
/** Stacks of a framework's handlers are seldom lower, and too few are known at the start. */
const LEAST_DEPTH = 40;
const COARSEST_BYTES = 16_777_216;
/** Two calls nearer than this are one, for the sake of the rate. */
const SHORTEST_MS = 500;
/** In seconds at the bound: what a burst may have spent before and still be the first second of one that ends at once. */
const FORGIVEN_SECONDS = 0.5;
/** A new interval leaves room, so that the next change is far away. */
const ROOM = 0.75;
/** Back by a factor of two, and no more than twice an hour. */
const QUIET_MS = 30 * 60_000;
const QUIET_ROOM = 0.5;

/** So many samples a second cost the share of a core that is allowed. */
export function mostSamplesPerSecond(stackDepth: number): number {
  return (SHARE * 1e6) / (SAMPLE_US + FRAME_US * Math.max(stackDepth, LEAST_DEPTH));
}

export function createSamplingPace({ clock, finestBytes }: PaceOptions): SamplingPace {
  let last: { readonly atMs: number; readonly allocatedBytes: number } | undefined;
  let quietSinceMs = clock.monotonic();
  let intervalBytes = finestBytes;
  /** Samples beyond the bound, in seconds at the bound, that calmer seconds have not made up for. */
  let excess = 0;
  let due: IntervalChange | undefined;

  return {
    note({ allocatedBytes, samplingIntervalBytes, stackDepth }) {
      const atMs = clock.monotonic();
      if (samplingIntervalBytes !== intervalBytes) {
        intervalBytes = samplingIntervalBytes;
        quietSinceMs = atMs;
        excess = 0;
        due = undefined;
      }
      if (last !== undefined && atMs - last.atMs < SHORTEST_MS) return;
      const before = last;
      last = { atMs, allocatedBytes };
      if (before === undefined) return;
      const seconds = (atMs - before.atMs) / 1000;
      const rate = (allocatedBytes - before.allocatedBytes) / seconds;
      const most = mostSamplesPerSecond(stackDepth);
      const loadAt = (bytes: number): number => rate / bytes / most;
      const changeTo = (toBytes: number): IntervalChange => ({
        fromBytes: intervalBytes,
        toBytes,
        allocatedBytesPerSecond: rate,
        samplesPerSecond: rate / intervalBytes,
        mostSamplesPerSecond: most,
      });

      const load = loadAt(intervalBytes);
      const isOver = load > 1 && intervalBytes < COARSEST_BYTES;
      const isLasting = excess > FORGIVEN_SECONDS;
      excess = Math.max(0, excess + (load - 1) * seconds);
      const finer = Math.max(finestBytes, intervalBytes / 2);
      if (loadAt(finer) > QUIET_ROOM) quietSinceMs = atMs;
      if (isOver && isLasting) {
        let toBytes = intervalBytes;
        while (toBytes < COARSEST_BYTES && loadAt(toBytes) > ROOM) toBytes *= 2;
        due = changeTo(Math.min(toBytes, COARSEST_BYTES));
      } else if (finer < intervalBytes && atMs - quietSinceMs >= QUIET_MS) {
        due = changeTo(finer);
      } else {
        due = undefined;
      }
    },
    get due() {
      return due;
    },
  };
}
