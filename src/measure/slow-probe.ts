import type { Clock } from '../base/clock.js';

/** A reading that takes longer than this may not be taken on every tick. */
export const slowReadingMs = 1;
/** One tick in so many reads anew while readings are slow; the others repeat the last value. */
export const slowReadingPeriod = 10;

/**
 * Wraps a probe whose cost grows with what it counts: after a reading slower than {@link slowReadingMs} its value stands
 * for the next nine ticks. A failed reading is never repeated.
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
