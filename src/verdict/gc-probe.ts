/** When a probe GC is worth its pause. Pure: state in, decision out. */
export interface ProbeState {
  readonly mode: 'off' | 'suspicion' | 'interval';
  /** Share of the time that probes may pause, 0 to 1. */
  readonly share: number;
  readonly nowMs: number;
  readonly startedMs: number;
  /** Time and duration of the newest exact floor point, however it came. */
  readonly lastPointMs?: number;
  readonly points: number;
  /** Mean pause of a full GC, measured; before the first, predicted from the heap. */
  readonly pauseMs: number;
  /** Probes in a row that found the floor where it was. */
  readonly flatProbes: number;
  /** Bytes by which old space and external memory exceed the last floor: an upper bound of what was retained since. */
  readonly excessBytes: number;
  readonly floorBytes: number;
}

/** Even a heap whose GC costs nothing is not probed more often. */
const MINIMUM_SPACING_MS = 5_000;
/** A healthy server is asked ever less often, up to this many spacings apart. */
const MAXIMUM_PATIENCE = 16;
const EXCESS_SHARE = 0.005;
const EXCESS_BYTES = 128 * 1024;
/** Floors that are too few for a verdict are worth a probe without any suspicion. */
const POINTS_WANTED = 3;

/** Milliseconds between probes: what keeps their pauses within the share, longer after flat ones. */
export function probeSpacingMs(state: Pick<ProbeState, 'pauseMs' | 'share' | 'flatProbes'>): number {
  const patience = Math.min(2 ** Math.max(0, state.flatProbes - 1), MAXIMUM_PATIENCE);
  return Math.max(MINIMUM_SPACING_MS, state.pauseMs / state.share) * patience;
}

export function probeIsDue(state: ProbeState): boolean {
  if (state.mode === 'off') return false;
  const since = state.nowMs - (state.lastPointMs ?? state.startedMs);
  if (since < probeSpacingMs(state.mode === 'interval' ? { ...state, flatProbes: 0 } : state)) return false;
  if (state.mode === 'interval') return true;
  if (state.points < POINTS_WANTED) return true;
  return state.excessBytes > Math.max(EXCESS_BYTES, EXCESS_SHARE * state.floorBytes);
}
