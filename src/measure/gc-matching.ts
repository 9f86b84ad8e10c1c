import type { GcKind } from './reading.js';

/** What both sources report of a collection. */
export interface GcTrace {
  readonly kind: GcKind;
  readonly durationMs: number;
}

/** Cost of leaving a collection unpaired; two of them exceed the cost of any pair, which is below 1. */
const gapCost = 0.6;

/**
 * Pairs two ordered lists of the same garbage collections, each of which may lack some. Returns for each of `counted` the
 * index of its partner in `timed`, or -1.
 *
 * Pairs keep the order and have the same kind. Usually `timed` is a prefix of the same list, because observers lag and lose
 * nothing. If kinds or durations contradict that, it is the alignment of least cost (Needleman and Wunsch, 1970), where a
 * pair costs the relative difference of its durations, so that the gap falls where one is missing. Then O(n·m) in time
 * and space.
 */
export function matchCollections(counted: readonly GcTrace[], timed: readonly GcTrace[]): Int32Array {
  const pairs = new Int32Array(counted.length).fill(-1);
  if (timed.length <= counted.length && timed.every((trace, index) => areAlike(trace, counted[index]!))) {
    return pairs.map((_, index) => (index < timed.length ? index : -1));
  }
  const width = timed.length + 1;
  const costs = leastCosts(counted, timed, width);
  let row = 0;
  let column = 0;
  while (row < counted.length && column < timed.length) {
    const here = costs[row * width + column]!;
    if (here === pairCost(counted[row]!, timed[column]!) + costs[(row + 1) * width + column + 1]!) {
      pairs[row] = column;
      row += 1;
      column += 1;
    } else if (here === gapCost + costs[row * width + column + 1]!) {
      column += 1;
    } else {
      row += 1;
    }
  }
  return pairs;
}

/** Cost of aligning what is left from (row, column) on, for every such pair of positions. */
function leastCosts(counted: readonly GcTrace[], timed: readonly GcTrace[], width: number): Float64Array {
  const costs = new Float64Array((counted.length + 1) * width);
  for (let row = counted.length; row >= 0; row--) {
    for (let column = timed.length; column >= 0; column--) {
      const at = row * width + column;
      if (row === counted.length) costs[at] = (timed.length - column) * gapCost;
      else if (column === timed.length) costs[at] = (counted.length - row) * gapCost;
      else {
        costs[at] = Math.min(
          pairCost(counted[row]!, timed[column]!) + costs[at + width + 1]!,
          gapCost + costs[at + 1]!,
          gapCost + costs[at + width]!,
        );
      }
    }
  }
  return costs;
}

/** The two clocks start and stop around each other's callbacks; preemption there can add the millisecond. */
function areAlike(one: GcTrace, other: GcTrace): boolean {
  const difference = Math.abs(one.durationMs - other.durationMs);
  return one.kind === other.kind && difference <= 1 + Math.max(one.durationMs, other.durationMs) / 2;
}

function pairCost(one: GcTrace, other: GcTrace): number {
  if (one.kind !== other.kind) return Infinity;
  const longer = Math.max(one.durationMs, other.durationMs);
  return longer > 0 ? Math.abs(one.durationMs - other.durationMs) / (longer + 0.05) : 0;
}
