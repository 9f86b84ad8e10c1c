/** What the decision about the next probe GC rests on. */
export interface ProbeState {
  readonly mode: 'off' | 'suspicion' | 'interval';
  /** Share of the time that probes may pause in the long run, 0 to 1. */
  readonly share: number;
  readonly nowMs: number;
  /** When the last probe was, or the start. */
  readonly lastProbeMs: number;
  /** Probes so far. */
  readonly probes: number;
  /** Pause that may be spent now; grows with time at `share`. */
  readonly creditMs: number;
  /** What the next probe will probably take. */
  readonly pauseMs: number;
  /** Probes in a row that found no rise of the floor. */
  readonly flatProbes: number;
  /** Bytes by which tenured and external memory exceed the floor of the last probe: a bound of what was retained. */
  readonly excessBytes: number;
  readonly floorBytes: number;
}

/** Even a heap whose GC costs nothing is not probed more often. */
export const PROBE_SPACING_SECONDS = 6;
const SPACING_MS = PROBE_SPACING_SECONDS * 1000;
/** A healthy server is asked ever less often, up to this many spacings apart. */
const MAXIMUM_PATIENCE = 16;
const EXCESS_SHARE = 0.005;
const EXCESS_BYTES = 128 * 1024;
/** Floors that are too few for a verdict are worth a probe without any suspicion. */
const PROBES_WANTED = 3;

/** Credit is saved up for so long, and full at the start: a fresh process is the one that is asked. */
const CREDIT_SECONDS = 600;

/** Credit is spent as if it had to last for so long, ever more slowly: gaps between floors then grow, and none gapes. */
const SPENDING_MS = 60_000;

export function fullCreditMs(share: number): number {
  return share * CREDIT_SECONDS * 1000;
}

/** Milliseconds from now until a probe may be taken: spacing and credit allow it then. */
export function probeWaitMs(state: Omit<ProbeState, 'excessBytes' | 'floorBytes'>): number {
  const patience =
    state.mode === 'interval' ? 1 : Math.min(2 ** Math.max(0, state.flatProbes - 1), MAXIMUM_PATIENCE);
  // A pause longer than all the credit there can be is taken when the credit is full.
  const needed = Math.min(state.pauseMs, fullCreditMs(state.share));
  const affordableMs =
    state.probes < PROBES_WANTED
      ? 0
      : (SPENDING_MS * needed) / (Math.max(0, state.creditMs) + state.share * SPENDING_MS);
  const spaced = state.lastProbeMs + Math.max(SPACING_MS * patience, affordableMs) - state.nowMs;
  return Math.max(0, spaced, (needed - state.creditMs) / state.share);
}

export function probeIsDue(state: ProbeState): boolean {
  if (state.mode === 'off') return false;
  if (probeWaitMs(state) > 0) return false;
  return (
    state.mode === 'interval' ||
    state.probes < PROBES_WANTED ||
    state.excessBytes > Math.max(EXCESS_BYTES, EXCESS_SHARE * state.floorBytes)
  );
}
