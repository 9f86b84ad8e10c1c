import type { Clock } from '../base/clock.js';

/** A change of the sampling interval, and the rate that caused it. */
export interface IntervalChange {
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly allocatedBytesPerSecond: number;
  /** Samples at the old interval and this rate. */
  readonly samplesPerSecond: number;
  readonly mostSamplesPerSecond: number;
}

export interface PaceReading {
  /** Total heap allocation so far; only rises. */
  readonly allocatedBytes: number;
  readonly samplingIntervalBytes: number;
  /** Mean number of frames of the sampled stacks, as far as known. */
  readonly stackDepth: number;
}

/**
 * Keeps the samples of the always-on profile below 0.5 % of a core. It judges the newest second, not the mean since the
 * start: most servers start quietly and get busy later.
 */
export interface SamplingPace {
  /** Notes the allocations since the last call; call it about every second. */
  note(reading: PaceReading): void;
  /** The change that is due. It stays due until the interval has changed or the rate no longer asks for it. */
  readonly due: IntervalChange | undefined;
}

export interface PaceOptions {
  readonly clock: Clock;
  /** The configured interval, which is the lower bound. */
  readonly finestBytes: number;
}

/** Of a core. */
const SHARE = 0.005;
/** A sample costs 3 µs and 0.3 for each frame: 15 µs at 40. Measured: 10 to 15 at 40, 22 to 24 at 120. */
const SAMPLE_US = 3;
const FRAME_US = 0.3;
/** Stacks below a framework's handlers are rarely shallower, and too few stacks are known at the start. */
const LEAST_DEPTH = 40;
const COARSEST_BYTES = 16_777_216;
/** Calls closer together than this are ignored: their rate would be too noisy. */
const SHORTEST_MS = 500;
/** Excess, in seconds at the bound, up to which a rate above the bound is still a short burst. */
const FORGIVEN_SECONDS = 0.5;
/** Target load of a new interval; the margin avoids frequent changes. */
const ROOM = 0.75;
/** Quiet time before the interval is halved: at most two halvings per hour. */
const QUIET_MS = 30 * 60_000;
const QUIET_ROOM = 0.5;

/** Samples a second that take the allowed share of a core. */
export function mostSamplesPerSecond(stackDepth: number): number {
  return (SHARE * 1e6) / (SAMPLE_US + FRAME_US * Math.max(stackDepth, LEAST_DEPTH));
}

export function createSamplingPace({ clock, finestBytes }: PaceOptions): SamplingPace {
  let last: { readonly atMs: number; readonly allocatedBytes: number } | undefined;
  let quietSinceMs = clock.monotonic();
  let intervalBytes = finestBytes;
  /** Samples above the bound, in seconds at the bound, that quieter seconds have not offset. */
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
