import { createRandom } from '../../src/statistics/random.js';

/** Seeded standard normal deviates (Box & Muller 1958). */
export function createNormal(seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function series(length: number, at: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => at(i));
}

/** 0, 1, 2, … */
export const steps = (length: number): Float64Array => series(length, (i) => i);

/** Whether two numbers agree to `digits` significant digits. */
export function agrees(actual: number, expected: number, digits = 10): boolean {
  return Math.abs(actual - expected) <= 10 ** -digits * Math.max(Math.abs(expected), 1e-300);
}

/** A seeded permutation of 0 … length − 1. */
export function shuffled(length: number, seed: number): number[] {
  const random = createRandom(seed);
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
