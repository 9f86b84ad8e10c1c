import { TidemarkError } from '../base/errors.js';
import type { Clock } from '../base/clock.js';

/** What runs in a slot. */
export interface Occupant {
  readonly name: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Admits one piece of work at a time. */
export interface Slot {
  current(): Occupant | undefined;
  /**
   * Occupies the slot and returns what frees it.
   *
   * @throws TIDEMARK_ERR_COST_BUSY, which says what runs and since when
   */
  occupy(name: string): () => void;
}

const KEY = Symbol.for('tidemark.slot');

interface SlotState {
  [KEY]?: Occupant | undefined;
}

export function createSlot(clock: Clock): Slot {
  return slotIn({}, clock);
}

/**
 * The slot that all instances in this process share, for what stops the thread that they share or changes V8's flags: an
 * instance that restored the flags between the preparation and the fork of another would make that child hang.
 */
export function processSlot(clock: Clock): Slot {
  return slotIn(globalThis as SlotState, clock);
}

function slotIn(state: SlotState, clock: Clock): Slot {
  const current = (): Occupant | undefined => state[KEY];
  return {
    current,
    occupy(name) {
      const running = current();
      if (running !== undefined) throw busy(running, clock.wall());
      const occupant = { name, sinceMs: clock.wall() };
      state[KEY] = occupant;
      return () => {
        if (current() === occupant) delete state[KEY];
      };
    },
  };
}

function busy({ name, sinceMs }: Occupant, nowMs: number): TidemarkError {
  const since = new Date(sinceMs).toISOString();
  return new TidemarkError('TIDEMARK_ERR_COST_BUSY', {
    reason: `"${name}" runs since ${since} (${((nowMs - sinceMs) / 1000).toFixed(1)} s)`,
  });
}
