import { median } from '../lib/statistics.js';

/** Slices on each side of the comparison. */
const SPAN = 3;
const CLOSE_ENOUGH = 0.03;

/**
 * Whether the last slices cost as much as those before them.
 * @param {readonly number[]} slices CPU time a request, in order.
 */
export function isSteady(slices) {
  if (slices.length < 2 * SPAN) return false;
  const before = median(slices.slice(-2 * SPAN, -SPAN));
  const last = median(slices.slice(-SPAN));
  return Math.abs(last / before - 1) <= CLOSE_ENOUGH;
}

/**
 * Runs slices until they are steady: code is compiled, caches are full, and the plugin has learned what it learns.
 * @param {() => Promise<number>} slice CPU time a request of one slice.
 * @param {{ leastSlices: number, mostMs: number }} limits
 * @returns {Promise<boolean>} False if time ran out first.
 */
export async function settle(slice, { leastSlices, mostMs }) {
  const endMs = performance.now() + mostMs;
  const slices = [];
  while (performance.now() < endMs) {
    slices.push(await slice());
    if (slices.length >= leastSlices && isSteady(slices)) return true;
  }
  return false;
}
