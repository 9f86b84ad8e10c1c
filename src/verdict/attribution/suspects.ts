import type { Clock } from '../../base/clock.js';
import type { LiveProfile, Reading } from '../../profile/live-profile.js';
import type { SiteGrowth } from '../../profile/growth.js';
import { reportSite, type SiteReport } from '../../profile/site-report.js';
import type { Recorder } from '../../requests/recorder.js';
import { fuseBeside } from './beside-fusion.js';
import { floorEvidence, type FloorEvidence } from './floor-evidence.js';
import type { FloorPoint } from '../floors/floor-series.js';
import type { FusedRoute } from './fused-route.js';
import { fuseRoutes } from './route-fusion.js';
import { unlinkedShareOf, type StackEvidence } from './stack-attribution.js';
import { rankSites } from './suspect-sites.js';
import { isRising, type Judgement, type Rising, type Signal } from '../verdict.js';

/** A route by name, and so those that cannot be told from it. */
export interface RouteSuspect extends Omit<FusedRoute, 'collinearWith'> {
  readonly route: string;
  readonly collinearWith: readonly string[];
}

export type SiteSuspect = Omit<SiteReport, 'routes'> & { readonly routes: readonly string[] };

/** Something that the application lets us count, and that becomes more. */
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

/** Names what rises: by the growth of the live-allocation profile, and by whose requests the floor follows. */
export interface SuspectTracker {
  /** Remembers how far each route had come when a reading of the profile was taken. */
  note(reading: Reading): void;
  /** Share of the growth last looked at that no route could be named for, 0 to 1. */
  readonly unlinkedShare: number;
  /** Costs a regression, some 5 ms at 1,000 routes, when a floor has come since the last call. */
  suspects(judgement: Judgement | undefined): Suspects;
}

export interface SuspectSources {
  readonly clock: Clock;
  /** Absent when nothing is sampled: then only the floors tell. */
  readonly profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'> | undefined;
  readonly recorder: Pick<Recorder, 'routes' | 'columns'>;
  /** The floors so far. */
  readonly points: () => readonly FloorPoint[];
}

const MAX_ROUTES = 10;
const MAX_SITES = 10;
/** More names than this help nobody. */
const MAX_COLLINEAR = 50;

/** What the profile told of the rise, for as long as its readings are the same. */
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
      const routes = fuse(judgement, floors, sampled?.stacks).slice(0, MAX_ROUTES);
      const suspects =
        sampled === undefined && routes.length === 0
          ? NO_SUSPECTS
          : { routes: routes.map(suspectOf), sites: sitesOf(routes, judgement.signal) };
      cached = { sampled, floors, rate, suspects };
      return suspects;
    },
  };

  /**
   * Learning drops the readings, and those before the sampling began anew tell nothing of what was allocated since; what
   * was known before stands until there are new ones.
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

  /** The last reading that is not younger than the window; sampled growth needs readings on both of its sides. */
  function startOf(readings: readonly Reading[], { window: { fromMs } }: Rising): Reading | undefined {
    const slackMs = 2_000;
    // On the wall clock as it counts now, as windows are: it may have been set since the reading.
    const startMs = fromMs + slackMs - (clock.wall() - clock.monotonic());
    return readings.findLast((one) => one.monotonicMs <= startMs) ?? readings[0];
  }

  function sitesOf(named: readonly FusedRoute[], signal: Signal): SiteSuspect[] {
    if (profile === undefined) return [];
    const rows = new Set(named.map(({ index }) => index));
    return rankSites(sampled?.sites ?? [], rows, signal)
      .slice(0, MAX_SITES)
      .map((site) => {
        const { routes, ...report } = reportSite(site, profile.locate);
        return { ...report, routes: routes.map(({ route }) => recorder.routes.label(route)) };
      });
  }

  function suspectOf({ bytesPerRequest: { value, low, high }, ...fused }: FusedRoute): RouteSuspect {
    return {
      ...fused,
      route: recorder.routes.label(fused.index),
      bytesPerRequest: { value: Math.round(value), low: Math.round(low), high: Math.round(high) },
      collinearWith: fused.collinearWith.slice(0, MAX_COLLINEAR).map((route) => recorder.routes.label(route)),
    };
  }
}

/** Growth is shared out over the floors it was judged on; where these do not count by route, between the readings. */
function fuse(
  { growth: { bytesPerSecond }, signal }: Rising,
  { regression, other, span }: FloorEvidence,
  sampled: StackEvidence | undefined,
): FusedRoute[] {
  const stacks = sampled && { ...sampled, ...span };
  return signal === 'heap-floor'
    ? fuseRoutes({ bytesPerSecond, stacks, regression })
    : fuseBeside({ bytesPerSecond, seconds: (span ?? sampled)?.seconds ?? 0, stacks, regression, other });
}

/** A floor errs, and a sampled sum does: what exceeds the rise by less than this factor may still be all of it. */
const EXCESS = 2;

/** What can have grown in the heap between two readings at the most, by the floors; unknown where another signal rises. */
function mostGrowthBytes(
  { signal, growth: { bytesPerSecond } }: Rising,
  [from, to]: readonly [Reading, Reading],
  points: readonly FloorPoint[],
  clock: Clock,
): number | undefined {
  if (signal !== 'heap-floor') return undefined;
  const [first, last] = [from, to].map(({ monotonicMs }) =>
    // On the wall clock as it counts now, as floors are.
    floorAt(points, monotonicMs + clock.wall() - clock.monotonic()),
  );
  const risenBytes = first && last ? last.heapBytes - first.heapBytes : 0;
  const seconds = (to.monotonicMs - from.monotonicMs) / 1000;
  return EXCESS * Math.max(risenBytes, bytesPerSecond.high * seconds);
}

function floorAt(points: readonly FloorPoint[], atMs: number): FloorPoint | undefined {
  return points.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0];
}

/** Readings of one sampling: against an older one all that is alive would count as growth. */
export function comparable(readings: readonly Reading[], latest: Reading): readonly Reading[] {
  return readings.filter((one) => one.mark.epoch === latest.mark.epoch);
}
