/** What the decision about the next probe GC is based on. */
export interface ProbeState {
  readonly mode: 'off' | 'suspicion' | 'interval';
  /** Share of time that probes may take in the long run, 0 to 1. */
  readonly share: number;
  readonly nowMs: number;
  /** When the last probe was, or the start. */
  readonly lastProbeMs: number;
  /** Probes so far. */
  readonly probes: number;
  /** Pause that may be spent now; grows over time at the rate `share`. */
  readonly creditMs: number;
  /** Expected pause of the next probe. */
  readonly pauseMs: number;
  /** Probes in a row that found no rise of the floor. */
  readonly flatProbes: number;
  /** Bytes by which tenured and external memory exceed the floor of the last probe: an upper bound of what was retained. */
  readonly excessBytes: number;
  readonly floorBytes: number;
}

/** Not even a tiny heap is probed more often. */
export const PROBE_SPACING_SECONDS = 6;
const SPACING_MS = PROBE_SPACING_SECONDS * 1000;
/** A healthy server is probed ever less often, up to this many spacings apart. */
const MAXIMUM_PATIENCE = 16;
const EXCESS_SHARE = 0.005;
const EXCESS_BYTES = 128 * 1024;
/** Until there are enough floors for a verdict, a probe needs no suspicion. */
const PROBES_WANTED = 3;

/** Credit accumulates for this long, and is full at the start: a new process is the one that is asked about. */
const CREDIT_SECONDS = 600;

/** Credit is spent as if it had to last this long, so the gaps between floors grow gradually. */
const SPENDING_MS = 60_000;

export function fullCreditMs(share: number): number {
  return share * CREDIT_SECONDS * 1000;
}

/** Milliseconds until spacing and credit allow a probe. */
export function probeWaitMs(state: Omit<ProbeState, 'excessBytes' | 'floorBytes'>): number {
  const patience =
    state.mode === 'interval' ? 1 : Math.min(2 ** Math.max(0, state.flatProbes - 1), MAXIMUM_PATIENCE);
  // A pause longer than the greatest possible credit is allowed once the credit is full.
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
