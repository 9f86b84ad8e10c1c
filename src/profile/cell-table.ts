import type { LiveStacks } from './live-stacks.js';
import { addSampled, none, sampledOf, type Sampled } from './sampled.js';
import { OTHER_SITE, siteOf, type Site, type Stack } from './site.js';

/** Live allocations of one site. */
export interface Cell {
  readonly site: Site;
  /** The stack that holds most of the cell's live bytes, the allocating frame first. */
  readonly stack: Stack;
}

/** A reading in compact form: cells, and the samples as three columns. */
export interface CellTable {
  readonly takenAtMs: number;
  readonly epoch: number;
  readonly samplingIntervalBytes: number;
  readonly highestOrdinal: number;
  readonly cells: readonly Cell[];
  readonly ordinals: Uint32Array;
  readonly bytes: Float64Array;
  /** Index into {@link cells}. */
  readonly cellOf: Uint32Array;
}

export interface MarkCell {
  readonly site: Site;
  readonly live: Sampled;
}

/** What is kept of a reading after its samples and stacks are dropped. */
export interface ProfileMark {
  readonly takenAtMs: number;
  readonly epoch: number;
  readonly highestOrdinal: number;
  readonly cells: ReadonlyMap<string, MarkCell>;
}

export interface CellTableOptions {
  /** Further cells are summed as `(other)`. Default 1,024. */
  readonly maxCells?: number;
  /** Frames kept of a cell's stack, starting at the allocating one. Default 32. */
  readonly maxFrames?: number;
}

/** Sums the samples of a reading by site. */
export function buildCellTable(
  live: LiveStacks,
  { maxCells = 1024, maxFrames = 32 }: CellTableOptions = {},
): CellTable {
  const { samples } = live.profile;
  const bytesOfRow = new Map<number, number>();
  for (const [index, sample] of samples.entries()) {
    const row = live.rowOfSample[index] ?? 0;
    bytesOfRow.set(row, (bytesOfRow.get(row) ?? 0) + sample.size);
  }

  const cells: Cell[] = [];
  const indexOfCell = new Map<string, number>();
  const cellOfRow = new Map<number, number>();
  // Heaviest rows first: cells show their stacks, and they always find room.
  for (const [row] of [...bytesOfRow].toSorted((a, b) => b[1] - a[1])) {
    const stack = live.stack(row);
    let cell: Cell = { site: siteOf(stack), stack: stack.slice(0, maxFrames) };
    if (!indexOfCell.has(cell.site.key) && cells.length >= maxCells - 1)
      cell = { site: OTHER_SITE, stack: [] };
    let index = indexOfCell.get(cell.site.key);
    if (index === undefined) {
      index = cells.push(cell) - 1;
      indexOfCell.set(cell.site.key, index);
    }
    cellOfRow.set(row, index);
  }

  return {
    takenAtMs: live.profile.takenAtMs,
    epoch: live.profile.epoch,
    samplingIntervalBytes: live.profile.samplingIntervalBytes,
    highestOrdinal: live.profile.highestOrdinal,
    cells,
    ordinals: Uint32Array.from(samples, (sample) => sample.ordinal),
    bytes: Float64Array.from(samples, (sample) => sample.size),
    cellOf: Uint32Array.from(live.rowOfSample, (row) => cellOfRow.get(row) ?? 0),
  };
}

/** @param previous A mark that is kept anyway: its names are shared, not stored twice. */
export function markOf(table: CellTable, previous?: ProfileMark): ProfileMark {
  const cells = new Map<string, MarkCell>();
  const totals = table.cells.map((cell) => {
    const live = none();
    const { site } = previous?.cells.get(cell.site.key) ?? cell;
    cells.set(site.key, { site, live });
    return live;
  });
  for (const [row, index] of table.cellOf.entries()) {
    const live = totals[index];
    if (live !== undefined)
      addSampled(live, sampledOf(table.bytes[row] ?? 0, table.samplingIntervalBytes), 1);
  }
  return {
    takenAtMs: table.takenAtMs,
    epoch: table.epoch,
    highestOrdinal: table.highestOrdinal,
    cells,
  };
}
