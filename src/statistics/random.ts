/**
 * A seeded source of uniform numbers in [0, 1), so that resampled intervals are reproducible: the same seed gives the same
 * sequence on every platform.
 *
 * The generator is mulberry32 (T. Ettinger, public domain): one 32-bit word of state, period 2³², enough for
 * the few thousand draws of a bootstrap and not meant for anything secret.
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
