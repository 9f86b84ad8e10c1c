import type { Clock } from '../../base/clock.js';

/** An event that makes the time between two floors differ from what the clocks say. */
export interface Disturbance {
  /** `gap`: the process stood still (stopped, suspended). `step`: the wall clock was set, or the machine slept. */
  readonly kind: 'gap' | 'step';
  /** Wall clock at its end, by the current setting of that clock. */
  readonly atMs: number;
  /** How long it stood still, or how far the wall clock moved against the monotonic one; negative if set back. */
  readonly byMs: number;
}

/**
 * The time scale of the floors. A process that stands still retains nothing, so such hours are no evidence that a rise
 * lasts; and when the wall clock is set, past times move with it, or windows would end before they begin.
 */
export interface Timeline {
  /** Newest last, the last few only. */
  readonly disturbances: readonly Disturbance[];
  /**
   * Advances to now; `aliveAtMs` are moments since the last call, in order, at which the process was surely running.
   * Returns by how many milliseconds the wall clock was set meanwhile; 0 if it was not.
   */
  advance(aliveAtMs: readonly number[]): number;
  /** Milliseconds for which the process has run, at a moment since the last but one call of {@link Timeline.advance}. */
  ranAt(monotonicMs: number): number;
}

/** Longer than any interval between samples that the options allow, twice over. */
const LEAST_GAP_MS = 150_000;
/** A tick may be late by several spacings: a long collection, a blocked loop. */
const GAP_SPACINGS = 10;
/** The longest recent spacing decays at this rate a tick. */
const FORGET = 0.01;
/** A slewed clock moves by less between two ticks, and a smaller step does not matter. */
const LEAST_STEP_MS = 1_000;
const MAX_DISTURBANCES = 8;

export function createTimeline(clock: Clock): Timeline {
  let disturbances: Disturbance[] = [];
  let last = { monotonicMs: clock.monotonic(), wallMs: clock.wall() };
  let usualMs: number | undefined;
  let stoodStillMs = 0;
  let gap: Stretch = { fromMs: -Infinity, toMs: -Infinity };

  const note = (disturbance: Disturbance): void => {
    disturbances = [...disturbances, disturbance].slice(-MAX_DISTURBANCES);
  };

  return {
    get disturbances() {
      return disturbances;
    },
    advance(aliveAtMs) {
      const now = { monotonicMs: clock.monotonic(), wallMs: clock.wall() };
      const spacingMs = now.monotonicMs - last.monotonicMs;
      const movedMs = now.wallMs - last.wallMs - spacingMs;
      const steppedMs = Math.abs(movedMs) >= LEAST_STEP_MS ? movedMs : 0;
      if (steppedMs !== 0) {
        disturbances = disturbances.map((one) => ({ ...one, atMs: one.atMs + steppedMs }));
        note({ kind: 'step', atMs: now.wallMs, byMs: steppedMs });
      }
      stoodStillMs += gap.toMs > gap.fromMs ? gap.toMs - gap.fromMs : 0;
      const still = longestStretch([last.monotonicMs, ...aliveAtMs, now.monotonicMs]);
      const stillMs = still.toMs - still.fromMs;
      const isGap = stillMs > Math.max(LEAST_GAP_MS, GAP_SPACINGS * (usualMs ?? 0));
      gap = isGap ? still : { fromMs: -Infinity, toMs: -Infinity };
      if (isGap) note({ kind: 'gap', atMs: now.wallMs - (now.monotonicMs - still.toMs), byMs: stillMs });
      else usualMs = Math.max(spacingMs, (usualMs ?? 0) * (1 - FORGET));
      last = now;
      return steppedMs;
    },
    ranAt(monotonicMs) {
      const inGapMs = Math.min(monotonicMs, gap.toMs) - gap.fromMs;
      return monotonicMs - stoodStillMs - (inGapMs > 0 ? inGapMs : 0);
    },
  };
}

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

function longestStretch(moments: readonly number[]): Stretch {
  let longest: Stretch = { fromMs: 0, toMs: 0 };
  let fromMs = moments[0]!;
  for (const toMs of moments) {
    if (toMs - fromMs > longest.toMs - longest.fromMs) longest = { fromMs, toMs };
    fromMs = Math.max(fromMs, toMs);
  }
  return longest;
}
