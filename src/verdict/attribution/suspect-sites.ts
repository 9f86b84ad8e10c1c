import type { SiteGrowth } from '../../profile/growth.js';
import type { Signal } from '../verdict.js';

/** A share below this is noise of the sampling. */
const LEAST_SHARE = 0.02;
/** One sample is chance. */
const LEAST_SAMPLES = 2;
/** Of a site's new bytes, what a route must have caused for the site to be its own. */
const OWN_WEIGHT = 0.3;

/**
 * The sites that surely grew, those first that explain the growth. What lies outside the heap leaves only stubs in it, of
 * any size: there, sites that work for a named route come first, however little their stubs weigh, those that work for
 * other routes only are left out, and the application's own come before the rest.
 *
 * @param sites Greatest growth first.
 * @param named Rows of the routes that were named.
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
