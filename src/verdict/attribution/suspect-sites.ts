import type { SiteGrowth } from '../../profile/growth.js';
import type { Signal } from '../verdict.js';

/** A smaller share is sampling noise. */
const LEAST_SHARE = 0.02;
/** One sample is chance. */
const LEAST_SAMPLES = 2;

/** A site with the routes whose requests left memory at it, most bytes first; none without windows. */
export interface SuspectSite extends SiteGrowth {
  readonly rows: readonly number[];
}

/**
 * The sites that certainly grew, those that explain the growth first. Memory outside the heap leaves only wrapper objects
 * in it, whose size means nothing: for it, sites of a named route come first, sites of other routes only are left out, and
 * sites of the application come before the rest.
 *
 * @param sites Largest growth first.
 * @param named Rows of the named routes.
 */
export function rankSites(
  sites: readonly SuspectSite[],
  named: ReadonlySet<number>,
  signal: Signal,
): SuspectSite[] {
  const isHeap = signal === 'heap-floor';
  const isOwn = (site: SuspectSite): boolean => site.rows.some((row) => named.has(row));
  const rankOf = (site: SuspectSite): number => {
    if (site.newLiveSamples < LEAST_SAMPLES) return 3;
    if (isHeap || isOwn(site)) return 0;
    return site.site.kind === 'application' ? 1 : 2;
  };
  const isOthers = (site: SuspectSite): boolean => named.size > 0 && site.rows.length > 0 && !isOwn(site);
  return sites
    .filter((site) => site.growthBytes.low > 0)
    .filter((site) => site.share >= LEAST_SHARE || (!isHeap && rankOf(site) === 0))
    .filter((site) => isHeap || !isOthers(site))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}
