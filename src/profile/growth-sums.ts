import { differenceInterval, type Estimate } from '../statistics/poisson.js';
import type { Cell, CellTable, ProfileMark } from './cell-table.js';
import { addSampled, intervalOf, none, sampledOf, type Sampled } from './sampled.js';

export interface Amounts {
  readonly liveBytes: number;
  readonly liveSamples: number;
  /** Allocated since the mark and still alive: exact, by ordinals. */
  readonly newLiveBytes: number;
  readonly newLiveSamples: number;
  /** Net: new and alive, less what was alive at the mark and died. */
  readonly growthBytes: Estimate;
  /** Share of the net growth of everything that grew, 0 to 1. */
  readonly share: number;
}

/** Samples of a cell, a site or a route before and after a mark. */
export interface Sum {
  readonly live: Sampled;
  readonly born: Sampled;
  /** Alive at the mark and dead now. Below 0 in a cell that samples were moved to since. */
  readonly died: Sampled;
}

export const zero = (): Sum => ({ live: none(), born: none(), died: none() });

export function add(into: Sum, sum: Sum, weight = 1): void {
  addSampled(into.live, sum.live, weight);
  addSampled(into.born, sum.born, weight);
  addSampled(into.died, sum.died, weight);
}

export function netBytes({ born, died }: Sum): number {
  return born.bytes - Math.max(died.bytes, 0);
}

export function amounts(sum: Sum, totalGrowthBytes: number): Amounts {
  // Births and deaths are different samples, so they are independent.
  const growthBytes = differenceInterval(intervalOf(sum.died), intervalOf(sum.born));
  return {
    liveBytes: sum.live.bytes,
    liveSamples: Math.round(sum.live.samples),
    newLiveBytes: sum.born.bytes,
    newLiveSamples: Math.round(sum.born.samples),
    growthBytes,
    share: totalGrowthBytes > 0 ? Math.max(netBytes(sum), 0) / totalGrowthBytes : 0,
  };
}

export function positiveGrowth(sums: Iterable<Sum>): number {
  let total = 0;
  for (const sum of sums) total += Math.max(netBytes(sum), 0);
  return total;
}

/** A cell of either side and its change. Only cells still alive have a stack. */
export interface CellSum {
  readonly cell: Cell;
  readonly sum: Sum;
}

export function sumCells(before: ProfileMark | undefined, after: CellTable): CellSum[] {
  const result: CellSum[] = after.cells.map((cell) => ({ cell, sum: zero() }));
  const markOrdinal = before?.highestOrdinal ?? 0;
  for (const [row, index] of after.cellOf.entries()) {
    const sum = result[index]?.sum;
    if (sum === undefined) continue;
    const one = sampledOf(after.bytes[row] ?? 0, after.samplingIntervalBytes);
    addSampled(sum.live, one, 1);
    if ((after.ordinals[row] ?? 0) > markOrdinal) addSampled(sum.born, one, 1);
  }
  const gone = new Map(before?.cells);
  for (const [index, { sum }] of result.entries()) {
    const key = after.cells[index]?.site.key ?? '';
    const old = gone.get(key);
    // Died: alive then, less the part still alive now.
    if (before !== undefined) {
      addSampled(sum.died, old?.live ?? none(), 1);
      addSampled(sum.died, sum.live, -1);
      addSampled(sum.died, sum.born, 1);
    }
    gone.delete(key);
  }
  for (const { site, live } of gone.values()) {
    const sum = zero();
    addSampled(sum.died, live, 1);
    result.push({ cell: { site, stack: [] }, sum });
  }
  return result;
}
