import { siteGrowth, type ProfileGrowth, type SiteGrowth } from '../growth.js';
import type { LiveProfile } from '../live-profile.js';
import { reportSite } from '../site-report.js';
import type { Point } from './point.js';
import type { Limitation, ProfileSession, SessionSite } from './session.js';

/** How sites of the profile get their names. */
export interface SiteNames {
  readonly profile: Pick<LiveProfile, 'locate'>;
}

export type Measured = Pick<
  ProfileSession,
  | 'retainedBytes'
  | 'retainedHeapBytes'
  | 'retainedExternalBytes'
  | 'allocatedBytes'
  | 'newLiveBytes'
  | 'samplingIntervalBytes'
  | 'sites'
  | 'omittedSites'
  | 'requests'
  | 'pauseMs'
  | 'limitations'
>;

const MAX_SITES = 25;
const MAX_FRAMES = 12;

function sessionSite(growth: SiteGrowth, { profile }: SiteNames): SessionSite {
  const { function: name, file, line, column, ...report } = reportSite(growth, profile.locate);
  return {
    function: name,
    file,
    line,
    column,
    kind: report.kind,
    ...(report.package !== undefined && { package: report.package }),
    newLiveBytes: report.newLiveBytes,
    newLiveSamples: growth.newLiveSamples,
    growthBytes: report.growthBytes,
    share: report.share,
    stack: report.stack.slice(0, MAX_FRAMES),
  };
}

type Sites = Pick<Measured, 'newLiveBytes' | 'samplingIntervalBytes' | 'sites' | 'omittedSites'>;

function sitesOf(growth: ProfileGrowth, samplingIntervalBytes: number, names: SiteNames): Sites {
  const touched = growth.sites.filter((site) => site.newLiveBytes > 0 || site.growthBytes.value !== 0);
  return {
    newLiveBytes: Math.round(growth.newLiveBytes),
    samplingIntervalBytes,
    sites: touched.slice(0, MAX_SITES).map((site) => sessionSite(site, names)),
    omittedSites: Math.max(0, touched.length - MAX_SITES),
  };
}

function retained({ floor: from }: Point, { floor: to }: Point): Partial<Measured> {
  if (from === undefined || to === undefined) return {};
  const retainedHeapBytes = to.heapBytes - from.heapBytes;
  const retainedExternalBytes = to.externalBytes - from.externalBytes;
  return {
    retainedBytes: retainedHeapBytes + retainedExternalBytes,
    retainedHeapBytes,
    retainedExternalBytes,
  };
}

const RESTARTED: Limitation = {
  part: 'sites-before-restart',
  code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE',
  reason: 'sampling was restarted during the session; sites show only what was allocated after that',
};

/** Merges a limitation found at both the start and the end. */
function together(limitations: readonly Limitation[]): Limitation[] {
  return limitations.filter(({ part }, index) => limitations.findIndex((one) => one.part === part) === index);
}

/**
 * Measures between two points. Their floors and counters do not depend on the profiler's sampling, so they hold even
 * if that was interrupted.
 *
 * @param names absent without a profile
 */
export function measured(from: Point, to: Point, names: SiteNames | undefined): Measured {
  const { mark } = from;
  const { table } = to;
  const growth = mark && table && names && siteGrowth(mark, table, { maxSites: 200 });
  const sites = growth && table && names && sitesOf(growth, table.samplingIntervalBytes, names);
  return {
    ...retained(from, to),
    allocatedBytes: Math.max(0, to.allocatedBytes - from.allocatedBytes - from.ownBytes),
    ...sites,
    ...(from.requests !== undefined &&
      to.requests !== undefined && { requests: to.requests - from.requests }),
    pauseMs: from.pauseMs + to.pauseMs,
    limitations: together([
      ...from.limitations,
      ...to.limitations,
      ...(growth?.restarted === true ? [RESTARTED] : []),
    ]),
  };
}
