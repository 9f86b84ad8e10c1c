import type { Clock } from '../../base/clock.js';
import type { LiveProfile, Reading } from '../../profile/live-profile.js';
import type { SiteGrowth } from '../../profile/growth.js';
import { reportSite, type SiteReport } from '../../profile/site-report.js';
import type { Recorder } from '../../requests/recorder.js';
import { attributeOffHeap } from './off-heap-attribution.js';
import { floorEvidence, type FloorEvidence } from './floor-evidence.js';
import type { FloorPoint } from '../floors/floor-series.js';
import type { AttributedRoute } from './attributed-route.js';
import { attributeHeap } from './heap-attribution.js';
import { unlinkedShareOf, type StackEvidence } from './stack-attribution.js';
import { rankSites } from './suspect-sites.js';
import { isRising, type Judgement, type Rising, type Signal } from '../verdict.js';

/** A route by name, with the names of those that cannot be distinguished from it. */
export interface RouteSuspect extends Omit<AttributedRoute, 'collinearWith'> {
  readonly route: string;
  readonly collinearWith: readonly string[];
}

export type SiteSuspect = Omit<SiteReport, 'routes'> & { readonly routes: readonly string[] };

/** A growing number of something that the application lets us count. */
export interface ResourceSuspect {
  readonly name: string;
  /** `class` for a tracked class. */
  readonly kind: string;
  readonly size: number;
  readonly growthPerSecond: number;
}

export interface Suspects {
  readonly routes: readonly RouteSuspect[];
  readonly sites: readonly SiteSuspect[];
}

export const NO_SUSPECTS: Suspects = { routes: [], sites: [] };

/** Names the cause of a rise: by the growth of the live-allocation profile, and by whose requests the floor follows. */
export interface SuspectTracker {
  /** Records the requests of each route at a reading of the profile. */
  note(reading: Reading): void;
  /** Share of the growth last examined that no route could be named for, 0 to 1. */
  readonly unlinkedShare: number;
  /** Costs a regression, some 5 ms at 1,000 routes, if a floor came since the last call. */
  suspects(judgement: Judgement | undefined): Suspects;
}

export interface SuspectSources {
  readonly clock: Clock;
  /** Absent when nothing is sampled: then only the floors decide. */
  readonly profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'> | undefined;
  readonly recorder: Pick<Recorder, 'routes' | 'columns'>;
  /** The floors so far. */
  readonly points: () => readonly FloorPoint[];
}

const MAX_ROUTES = 10;
const MAX_SITES = 10;
/** More names than this help nobody. */
const MAX_COLLINEAR = 50;

/** What the profile shows about the rise, while its readings are the same. */
interface Sampled {
  readonly latest: Reading;
  readonly since: Reading;
  readonly stacks: StackEvidence;
  readonly sites: readonly SiteGrowth[];
}

export function createSuspectTracker({ clock, profile, recorder, points }: SuspectSources): SuspectTracker {
  const completedAt = new WeakMap<Reading, Float64Array>();
  let sampled: Sampled | undefined;
  let floors: FloorEvidence | undefined;
  let cached:
    { sampled: typeof sampled; floors: FloorEvidence; rate: number; suspects: Suspects } | undefined;
  let unlinkedShare = 0;

  return {
    get unlinkedShare() {
      return unlinkedShare;
    },
    note(reading) {
      const kept = profile?.readings.find((one) => one.mark === reading.mark);
      if (kept !== undefined)
        completedAt.set(kept, recorder.columns.completed.slice(0, recorder.routes.size));
    },
    suspects(judgement) {
      if (judgement === undefined || !isRising(judgement)) {
        // The next rise may have another cause.
        sampled = floors = cached = undefined;
        return NO_SUSPECTS;
      }
      sampled = sample(judgement);
      floors = floorEvidence(points(), judgement, floors);
      const rate = judgement.growth.bytesPerSecond.value;
      if (cached?.sampled === sampled && cached?.floors === floors && cached?.rate === rate)
        return cached.suspects;
      const routes = attribute(judgement, floors, sampled?.stacks).slice(0, MAX_ROUTES);
      const suspects =
        sampled === undefined && routes.length === 0
          ? NO_SUSPECTS
          : { routes: routes.map(suspectOf), sites: sitesOf(routes, judgement.signal) };
      cached = { sampled, floors, rate, suspects };
      return suspects;
    },
  };

  /**
   * A restart of the sampling drops its readings, and older ones say nothing about what was allocated since; the last
   * result is kept until there are new ones.
   */
  function sample(judgement: Rising): Sampled | undefined {
    const latest = profile?.latest();
    const since = latest && profile && startOf(comparable(profile.readings, latest), judgement);
    if (profile === undefined || latest === undefined || since === undefined || since === latest)
      return sampled;
    if (sampled?.latest === latest && sampled.since === since) return sampled;
    const growth = profile.growthSince(since, mostGrowthBytes(judgement, [since, latest], points(), clock));
    if (growth === undefined) return sampled;
    unlinkedShare = unlinkedShareOf(growth.routes);
    const [from, to] = [completedAt.get(since), completedAt.get(latest)];
    return {
      latest,
      since,
      stacks: {
        routes: growth.routes,
        seconds: (latest.monotonicMs - since.monotonicMs) / 1000,
        requests: (route) => (to?.[route] ?? 0) - (from?.[route] ?? 0),
      },
      sites: growth.sites,
    };
  }

  /** The last reading before the window; sampled growth needs readings on both sides of it. */
  function startOf(readings: readonly Reading[], { window: { fromMs } }: Rising): Reading | undefined {
    const slackMs = 2_000;
    // By the current wall clock, as windows are: it may have been set since the reading.
    const startMs = fromMs + slackMs - (clock.wall() - clock.monotonic());
    return readings.findLast((one) => one.monotonicMs <= startMs) ?? readings[0];
  }

  function sitesOf(named: readonly AttributedRoute[], signal: Signal): SiteSuspect[] {
    if (profile === undefined) return [];
    const rows = new Set(named.map(({ index }) => index));
    return rankSites(sampled?.sites ?? [], rows, signal)
      .slice(0, MAX_SITES)
      .map((site) => {
        const { routes, ...report } = reportSite(site, profile.locate);
        return { ...report, routes: routes.map(({ route }) => recorder.routes.label(route)) };
      });
  }

  function suspectOf({ bytesPerRequest: { value, low, high }, ...route }: AttributedRoute): RouteSuspect {
    return {
      ...route,
      route: recorder.routes.label(route.index),
      bytesPerRequest: { value: Math.round(value), low: Math.round(low), high: Math.round(high) },
      collinearWith: route.collinearWith.slice(0, MAX_COLLINEAR).map((row) => recorder.routes.label(row)),
    };
  }
}

/** Growth is attributed over the floors it was judged on; where these have no counts by route, between the readings. */
function attribute(
  { growth: { bytesPerSecond }, signal }: Rising,
  { regression, other, span }: FloorEvidence,
  sampled: StackEvidence | undefined,
): AttributedRoute[] {
  const stacks = sampled && { ...sampled, ...span };
  return signal === 'heap-floor'
    ? attributeHeap({ bytesPerSecond, stacks, regression })
    : attributeOffHeap({
        bytesPerSecond,
        seconds: (span ?? sampled)?.seconds ?? 0,
        stacks,
        regression,
        other,
      });
}

/** Floors and sampled sums both have errors: sampled growth up to this factor above the rise is plausible. */
const EXCESS = 2;

/** The most that can have grown in the heap between two readings, by the floors; unknown where another signal rises. */
function mostGrowthBytes(
  { signal, growth: { bytesPerSecond } }: Rising,
  [from, to]: readonly [Reading, Reading],
  points: readonly FloorPoint[],
  clock: Clock,
): number | undefined {
  if (signal !== 'heap-floor') return undefined;
  const [first, last] = [from, to].map(({ monotonicMs }) =>
    // By the current wall clock, as floors are.
    floorAt(points, monotonicMs + clock.wall() - clock.monotonic()),
  );
  const risenBytes = first && last ? last.heapBytes - first.heapBytes : 0;
  const seconds = (to.monotonicMs - from.monotonicMs) / 1000;
  return EXCESS * Math.max(risenBytes, bytesPerSecond.high * seconds);
}

function floorAt(points: readonly FloorPoint[], atMs: number): FloorPoint | undefined {
  return points.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0];
}

/** Readings of the same sampling: against an older one everything alive would count as growth. */
export function comparable(readings: readonly Reading[], latest: Reading): readonly Reading[] {
  return readings.filter((one) => one.mark.epoch === latest.mark.epoch);
}
