import { buildCellTable, type CellTable, type ProfileMark } from './cell-table.js';
import {
  add,
  amounts,
  netBytes,
  positiveGrowth,
  sumCells,
  zero,
  type Amounts,
  type CellSum,
  type Sum,
} from './growth-sums.js';
import { liveStacks } from './live-stacks.js';
import type { RawProfile } from './raw-profile.js';
import { TIDEMARK_SITE, type Site, type Stack } from './site.js';

export interface SiteGrowth extends Amounts {
  readonly site: Site;
  /** The stack with most of the new bytes, the allocating frame first. */
  readonly stack: Stack;
  /**
   * Application functions that this one was seen to call and that have live allocations of their own, most bytes
   * first. V8 samples physical frames: once a callee is inlined, its allocations are attributed to its caller, so
   * these are where else to look.
   */
  readonly callees: readonly Site[];
}

export interface ProfileGrowth {
  readonly fromMs: number | undefined;
  readonly toMs: number;
  /** Sampling was interrupted between the two: growth counts only later allocations. */
  readonly restarted: boolean;
  readonly liveBytes: number;
  readonly newLiveBytes: number;
  /** Bytes held by the readings themselves; no other figure includes them. */
  readonly ownLiveBytes: number;
  /** Greatest growth first. */
  readonly sites: readonly SiteGrowth[];
}

export interface GrowthOptions {
  /**
   * Upper bound of all growth together. A site with more new bytes replaced what it held before, whose death went
   * unseen because it was allocated before sampling began; it is left out.
   */
  readonly mostBytes?: number;
  /** Default 50. */
  readonly maxSites?: number;
}

const MAX_CALLEES = 3;

function calleesOf(site: Site, cells: readonly CellSum[]): Site[] {
  const callees = cells.filter(
    ({ cell }) =>
      cell.site.kind === 'application' &&
      cell.site.key !== site.key &&
      cell.stack.some((frame) => frame.key === site.key),
  );
  return callees
    .toSorted((a, b) => b.sum.live.bytes - a.sum.live.bytes)
    .slice(0, MAX_CALLEES)
    .map(({ cell }) => cell.site);
}

function siteGrowths(cells: readonly CellSum[], maxSites: number): SiteGrowth[] {
  const total = positiveGrowth(cells.map(({ sum }) => sum));
  return cells
    .filter(({ sum }) => sum.live.samples > 0)
    .toSorted((a, b) => netBytes(b.sum) - netBytes(a.sum))
    .slice(0, maxSites)
    .map(({ cell: { site, stack }, sum }) => {
      return { site, stack, callees: calleesOf(site, cells), ...amounts(sum, total) };
    });
}

function withoutReplacements(cells: readonly CellSum[], mostBytes: number | undefined): readonly CellSum[] {
  if (mostBytes === undefined) return cells;
  return cells.filter(({ sum }) => sum.live.samples === 0 || amounts(sum, 0).growthBytes.low <= mostBytes);
}

function total(cells: readonly CellSum[]): Sum {
  const sum = zero();
  for (const cell of cells) add(sum, cell.sum);
  return sum;
}

/**
 * What grew between two readings, by site. Without `before`, or when sampling was interrupted since,
 * everything alive counts as growth.
 */
export function siteGrowth(
  before: ProfileMark | undefined,
  after: RawProfile | CellTable,
  options: GrowthOptions = {},
): ProfileGrowth {
  const table = 'cellOf' in after ? after : buildCellTable(liveStacks(after));
  const restarted = before !== undefined && before.epoch !== table.epoch;
  const all = sumCells(restarted ? undefined : before, table);
  const own = all.filter(({ cell }) => cell.site.key === TIDEMARK_SITE.key);
  const grown = all.filter(({ cell }) => cell.site.key !== TIDEMARK_SITE.key);
  const cells = withoutReplacements(grown, options.mostBytes);
  return {
    fromMs: before?.takenAtMs,
    toMs: table.takenAtMs,
    restarted,
    liveBytes: total(grown).live.bytes,
    newLiveBytes: total(grown).born.bytes,
    ownLiveBytes: total(own).live.bytes,
    sites: siteGrowths(cells, options.maxSites ?? 50),
  };
}
