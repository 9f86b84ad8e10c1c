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
import type { RouteLinks, RouteShare } from './route-links.js';
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
  /** Routes that this site's new bytes came from, largest share first; weights sum to at most 1. */
  readonly routes: readonly RouteShare[];
}

export interface RouteGrowth extends Amounts {
  /** Row of the route; undefined for the part that could not be linked. */
  readonly route: number | undefined;
  /** Share of `newLiveBytes` whose own stack names the route, 0 to 1; the rest was linked. */
  readonly stackShare: number;
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
  /** Greatest growth first, including the unlinked remainder. */
  readonly routes: readonly RouteGrowth[];
}

export interface GrowthOptions {
  /**
   * Upper bound of all growth together. A site with more new bytes replaced what it held before, whose death went
   * unseen because it was allocated before sampling began; it is left out.
   */
  readonly mostBytes?: number;
  readonly links?: RouteLinks;
  /** Default 50. */
  readonly maxSites?: number;
}

interface SiteSum {
  readonly sum: Sum;
  readonly origins: CellSum[];
}

function resolve({ origin }: CellSum['cell'], links: RouteLinks | undefined): RouteShare[] {
  if (links !== undefined) return links.resolveOrigin(origin);
  return origin.kind === 'route' ? [{ route: origin.route, weight: 1, evidence: 'stack' }] : [];
}

function routesOf({ sum, origins }: SiteSum, links: RouteLinks | undefined): RouteShare[] {
  const byRoute = new Map<number, { weight: number; stackWeight: number }>();
  for (const { cell, sum: part } of origins) {
    if (part.born.bytes === 0) continue;
    for (const { route, weight, evidence } of resolve(cell, links)) {
      const known = byRoute.get(route) ?? { weight: 0, stackWeight: 0 };
      byRoute.set(route, known);
      const share = (weight * part.born.bytes) / sum.born.bytes;
      known.weight += share;
      if (evidence === 'stack') known.stackWeight += share;
    }
  }
  return [...byRoute]
    .map(([route, { weight, stackWeight }]): RouteShare => {
      return { route, weight, evidence: stackWeight * 2 >= weight ? 'stack' : 'link' };
    })
    .toSorted((a, b) => b.weight - a.weight);
}

function bySite(cells: readonly CellSum[]): SiteSum[] {
  const sites = new Map<string, SiteSum>();
  for (const cellSum of cells) {
    const { key } = cellSum.cell.site;
    const site = sites.get(key) ?? { sum: zero(), origins: [] };
    sites.set(key, site);
    add(site.sum, cellSum.sum);
    site.origins.push(cellSum);
  }
  return [...sites.values()].filter(({ sum }) => sum.live.samples > 0);
}

const MAX_CALLEES = 3;

function calleesOf(site: Site, cells: readonly CellSum[]): Site[] {
  const bytes = new Map<string, { site: Site; liveBytes: number }>();
  for (const { cell, sum } of cells) {
    const { key, kind } = cell.site;
    if (kind !== 'application' || key === site.key) continue;
    if (!cell.stack.some((frame) => frame.key === site.key)) continue;
    const known = bytes.get(key) ?? { site: cell.site, liveBytes: 0 };
    bytes.set(key, known);
    known.liveBytes += sum.live.bytes;
  }
  const ranked = [...bytes.values()].toSorted((a, b) => b.liveBytes - a.liveBytes);
  return ranked.slice(0, MAX_CALLEES).map(({ site: callee }) => callee);
}

function siteGrowths(
  sites: readonly SiteSum[],
  cells: readonly CellSum[],
  options: GrowthOptions,
): SiteGrowth[] {
  const total = positiveGrowth(sites.map(({ sum }) => sum));
  return sites
    .toSorted((a, b) => netBytes(b.sum) - netBytes(a.sum))
    .slice(0, options.maxSites ?? 50)
    .flatMap((site) => {
      const [heaviest] = site.origins.toSorted(
        (a, b) => b.sum.born.bytes - a.sum.born.bytes || b.sum.live.bytes - a.sum.live.bytes,
      );
      if (heaviest === undefined) return [];
      const { cell } = heaviest;
      return [
        {
          site: cell.site,
          stack: cell.stack,
          callees: calleesOf(cell.site, cells),
          routes: routesOf(site, options.links),
          ...amounts(site.sum, total),
        },
      ];
    });
}

function routeGrowths(cells: readonly CellSum[], links: RouteLinks | undefined): RouteGrowth[] {
  const routes = new Map<number | undefined, { sum: Sum; stackBytes: number }>();
  const take = (route: number | undefined, sum: Sum, weight: number, direct: boolean): void => {
    const known = routes.get(route) ?? { sum: zero(), stackBytes: 0 };
    routes.set(route, known);
    add(known.sum, sum, weight);
    if (direct) known.stackBytes += sum.born.bytes * weight;
  };
  for (const { cell, sum } of cells) {
    let linked = 0;
    for (const { route, weight, evidence } of resolve(cell, links)) {
      take(route, sum, weight, evidence === 'stack');
      linked += weight;
    }
    // Less is rounding error in the sum of the weights.
    if (1 - linked > 1e-9) take(undefined, sum, 1 - linked, false);
  }
  const total = positiveGrowth([...routes.values()].map(({ sum }) => sum));
  const growths: RouteGrowth[] = [];
  for (const [route, { sum, stackBytes }] of routes) {
    const stackShare = sum.born.bytes > 0 ? stackBytes / sum.born.bytes : 0;
    growths.push({ route, stackShare, ...amounts(sum, total) });
  }
  return growths.toSorted((a, b) => b.growthBytes.value - a.growthBytes.value);
}

function withoutReplacements(cells: readonly CellSum[], mostBytes: number | undefined): readonly CellSum[] {
  if (mostBytes === undefined) return cells;
  const replaced = new Set(
    bySite(cells)
      .filter(({ sum }) => amounts(sum, 0).growthBytes.low > mostBytes)
      .flatMap(({ origins }) => origins),
  );
  return cells.filter((cell) => !replaced.has(cell));
}

function total(cells: readonly CellSum[]): Sum {
  const sum = zero();
  for (const cell of cells) add(sum, cell.sum);
  return sum;
}

/**
 * Growth between two readings, by site and by route. Without `before`, or if sampling was interrupted since,
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
    sites: siteGrowths(bySite(cells), cells, options),
    routes: routeGrowths(cells, options.links),
  };
}
