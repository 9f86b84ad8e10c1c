import type { SiteGrowth } from '../../profile/growth.js';
import type { Signal } from '../verdict.js';

/** A smaller share is sampling noise. */
const LEAST_SHARE = 0.02;
/** One sample is chance. */
const LEAST_SAMPLES = 2;
/** Share of a site's new bytes that a route must have caused for the site to count as its own. */
const OWN_WEIGHT = 0.3;

/**
 * The sites that certainly grew, those that explain the growth first. Memory outside the heap leaves only wrapper objects
 * in it, whose size means nothing: for it, sites of a named route come first, sites of other routes only are left out, and
 * sites of the application come before the rest.
 *
 * @param sites Largest growth first.
 * @param named Rows of the named routes.
 */
export function rankSites(
  sites: readonly SiteGrowth[],
  named: ReadonlySet<number>,
  signal: Signal,
): SiteGrowth[] {
  const isHeap = signal === 'heap-floor';
  const isOwn = (site: SiteGrowth): boolean =>
    site.routes.some(({ route, weight }) => weight >= OWN_WEIGHT && named.has(route));
  const rankOf = (site: SiteGrowth): number => {
    if (site.newLiveSamples < LEAST_SAMPLES) return 3;
    if (isHeap || isOwn(site)) return 0;
    return site.site.kind === 'application' ? 1 : 2;
  };
  const isOthers = (site: SiteGrowth): boolean =>
    named.size > 0 && site.routes.length > 0 && !site.routes.some(({ route }) => named.has(route));
  return sites
    .filter((site) => site.growthBytes.low > 0)
    .filter((site) => site.share >= LEAST_SHARE || (!isHeap && rankOf(site) === 0))
    .filter((site) => isHeap || !isOthers(site))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}
