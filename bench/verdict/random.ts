/** Numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed. */
export type Random = () => number;

/** Mulberry32 by Tommy Ettinger: small, and random enough for traffic. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from 0 (inclusive) to `below` (exclusive). */
export function integer(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** From the standard normal distribution (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
