import { roundedEstimate, type Estimate } from '../statistics/poisson.js';
import type { SiteGrowth } from './growth.js';
import { placeText, type Locator, type Place } from './place.js';

/** One entry of the verdict's `suspects.sites`, and of `/memory/profile`. */
export interface SiteReport extends Place {
  readonly kind: string;
  readonly package?: string;
  readonly liveBytes: number;
  readonly liveSamples: number;
  readonly newLiveBytes: number;
  readonly growthBytes: Estimate;
  /** Share of all net growth, 0 to 1. */
  readonly share: number;
  /** The allocating frame first. */
  readonly stack: readonly string[];
  /** Functions it was seen to call: V8 attributes allocations of inlined functions to their callers. */
  readonly callees: readonly Place[];
}

/** A site as people read it. */
export function reportSite(growth: SiteGrowth, locate: Locator): SiteReport {
  const { site } = growth;
  return {
    ...locate(site),
    kind: site.kind,
    ...(site.packageName === undefined ? {} : { package: site.packageName }),
    liveBytes: Math.round(growth.liveBytes),
    liveSamples: growth.liveSamples,
    newLiveBytes: Math.round(growth.newLiveBytes),
    growthBytes: roundedEstimate(growth.growthBytes),
    share: growth.share,
    stack: growth.stack.map((frame) => placeText(locate(frame))),
    callees: growth.callees.map(locate),
  };
}
