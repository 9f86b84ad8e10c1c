import type { SiteGrowth } from '../../profile/growth.js';
import { intervalOf } from '../../profile/sampled.js';
import type { Site } from '../../profile/site.js';
import type { Estimate } from '../verdict.js';
import type { SuspectSite } from './suspect-sites.js';
import { times, type RetainedAtSite, type WindowEvidence } from './window-evidence.js';

export interface SiteSpan {
  readonly seconds: number;
  readonly requests: (route: number) => number;
  /** Growth in the always-on profile, which has the live bytes. */
  readonly grown: readonly SiteGrowth[];
}

interface SiteSum {
  readonly found: RetainedAtSite;
  readonly byRow: Map<number, number>;
  growthBytes: Estimate;
  samples: number;
}

const MAX_CALLEES = 3;

/** Allocation sites of survivors, scaled from the windows to the span of the rise. Largest growth first. */
export function windowSites(
  { routes, outside }: WindowEvidence,
  { seconds, requests, grown }: SiteSpan,
): SuspectSite[] {
  const sums = new Map<string, SiteSum>();
  for (const { route, requests: followed, sites } of routes) {
    for (const found of sites) add(found, requests(route) / followed, route);
  }
  if (outside.seconds > 0) {
    for (const found of outside.sites) add(found, seconds / outside.seconds, undefined);
  }
  const all = [...sums.values()].toSorted((a, b) => b.growthBytes.value - a.growthBytes.value);
  const total = all.reduce((sum, { growthBytes }) => sum + growthBytes.value, 0);
  return all.map(({ found: { site, stack }, byRow, growthBytes, samples }) => {
    const alive = grown.find((one) => one.site.key === site.key);
    return {
      site,
      stack,
      callees: calleesOf(site, all),
      liveBytes: alive?.liveBytes ?? growthBytes.value,
      liveSamples: alive?.liveSamples ?? samples,
      newLiveBytes: alive?.newLiveBytes ?? growthBytes.value,
      newLiveSamples: samples,
      growthBytes,
      share: total > 0 ? growthBytes.value / total : 0,
      rows: [...byRow].toSorted((a, b) => b[1] - a[1]).map(([row]) => row),
    };
  });

  function add(found: RetainedAtSite, factor: number, route: number | undefined): void {
    const known = sums.get(found.site.key) ?? {
      found,
      byRow: new Map(),
      growthBytes: { value: 0, low: 0, high: 0 },
      samples: 0,
    };
    sums.set(found.site.key, known);
    const growth = times(intervalOf(found.left), factor);
    known.growthBytes = sumOf(known.growthBytes, growth);
    known.samples += found.left.samples;
    if (route !== undefined) known.byRow.set(route, (known.byRow.get(route) ?? 0) + growth.value);
  }
}

/** Of independent estimates: distances to the bounds add as squares, as variances do. */
function sumOf(a: Estimate, b: Estimate): Estimate {
  const value = a.value + b.value;
  return {
    value,
    low: Math.max(0, value - Math.hypot(a.value - a.low, b.value - b.low)),
    high: value + Math.hypot(a.high - a.value, b.high - b.value),
  };
}

function calleesOf(site: Site, all: readonly SiteSum[]): Site[] {
  return all
    .map(({ found }) => found)
    .filter(
      (other) =>
        other.site.kind === 'application' &&
        other.site.key !== site.key &&
        other.stack.some((frame) => frame.key === site.key),
    )
    .slice(0, MAX_CALLEES)
    .map((other) => other.site);
}
