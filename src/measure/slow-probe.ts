import type { Clock } from '../base/clock.js';

/** A reading that takes longer than this is not taken on every tick. */
const slowReadingMs = 1;
/** While readings are slow, one tick in this many reads again; the others repeat the last value. */
const slowReadingPeriod = 10;

/**
 * Wraps a probe whose cost grows with what it counts: a value that took longer than {@link slowReadingMs} is repeated for
 * the next nine ticks. A failed reading is never repeated.
 */
export function rareWhenSlow<T>(probe: () => T, clock: Clock): () => T {
  let held: { value: T; ticksLeft: number } | undefined;
  return () => {
    if (held !== undefined && held.ticksLeft > 0) {
      held.ticksLeft -= 1;
      return held.value;
    }
    held = undefined;
    const startMs = clock.monotonic();
    const value = probe();
    if (clock.monotonic() - startMs > slowReadingMs) held = { value, ticksLeft: slowReadingPeriod - 1 };
    return value;
  };
}
