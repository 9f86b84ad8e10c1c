import type { LiveProfile, Reading } from '../profile/live-profile.js';
import { reportSite, type SiteReport } from '../profile/site-report.js';
import type { RouteGrowth } from '../profile/growth.js';
import type { Recorder } from '../requests/recorder.js';
import { isRising, type Estimate, type Judgement, type Rising } from './verdict.js';

export interface RouteSuspect {
  /** Row of the route in the recorder's table. */
  readonly index: number;
  readonly route: string;
  readonly bytesPerRequest: Estimate;
  /** Of all that stayed and was linked to a route, 0 to 1. */
  readonly share: number;
  /** `stack`: the route's own frame was seen; `link`: it was learned from other stacks who calls the function. */
  readonly evidence: 'stack' | 'link';
  readonly requests: number;
  /** Routes that the evidence cannot tell from this one. */
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

/** Names what rises: by the growth of the live-allocation profile over the window of the verdict. */
export interface SuspectTracker {
  /** Remembers how far each route had come when a reading of the profile was taken. */
  note(reading: Reading): void;
  /** Share of the growth last looked at that no route could be named for, 0 to 1. */
  readonly unlinkedShare: number;
  suspects(judgement: Judgement | undefined): Suspects;
}

export interface SuspectSources {
  readonly profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'>;
  readonly recorder: Pick<Recorder, 'routes' | 'columns'>;
}

const MAX_ROUTES = 10;
const MAX_SITES = 10;
/** A share below this is noise of the sampling. */
const LEAST_SHARE = 0.02;

export function createSuspectTracker({ profile, recorder }: SuspectSources): SuspectTracker {
  const completedAt = new WeakMap<Reading, Float64Array>();
  let cached: { latest: Reading; since: Reading; rate: number; suspects: Suspects } | undefined;

  let unlinkedShare = 0;

  return {
    get unlinkedShare() {
      return unlinkedShare;
    },
    note(reading) {
      const kept = profile.readings.find((one) => one.mark === reading.mark);
      if (kept !== undefined)
        completedAt.set(kept, recorder.columns.completed.slice(0, recorder.routes.size));
    },
    suspects(judgement) {
      const latest = profile.latest();
      if (judgement === undefined || !isRising(judgement)) {
        // The next rise may have another cause.
        cached = undefined;
        return NO_SUSPECTS;
      }
      if (latest === undefined) return cached?.suspects ?? NO_SUSPECTS;
      const since = startOf(profile.readings, judgement);
      // Learning drops the readings; what was known before stands until there are new ones.
      if (since === undefined || since === latest) return cached?.suspects ?? NO_SUSPECTS;
      const rate = judgement.growth.bytesPerSecond.value;
      if (cached?.latest === latest && cached.since === since && cached.rate === rate) return cached.suspects;
      const growth = profile.growthSince(since);
      if (growth === undefined) return NO_SUSPECTS;
      unlinkedShare = shareWithoutRoute(growth.routes);
      const requests = requestsBetween(completedAt.get(since), completedAt.get(latest));
      const suspects = {
        routes: routeSuspects(
          growth.routes,
          judgement,
          requests,
          (latest.monotonicMs - since.monotonicMs) / 1000,
        ),
        sites: growth.sites
          .filter((site) => site.growthBytes.low > 0 && site.share >= LEAST_SHARE)
          .slice(0, MAX_SITES)
          .map((site) => {
            const { routes, ...report } = reportSite(site, profile.locate);
            return { ...report, routes: routes.map(({ route }) => recorder.routes.label(route)) };
          }),
      };
      cached = { latest, since, rate, suspects };
      return suspects;
    },
  };

  function routeSuspects(
    grown: readonly RouteGrowth[],
    judgement: Rising,
    requests: (route: number) => number,
    seconds: number,
  ): RouteSuspect[] {
    const linked = grown.filter((one) => one.route !== undefined && one.growthBytes.low > 0);
    const all = grown.reduce((sum, one) => sum + Math.max(0, one.growthBytes.value), 0);
    const total = linked.reduce((sum, one) => sum + one.growthBytes.value, 0);
    return linked
      .filter((one) => one.growthBytes.value / total >= LEAST_SHARE && requests(one.route!) > 0)
      .slice(0, MAX_ROUTES)
      .map((one) => ({
        index: one.route!,
        route: recorder.routes.label(one.route!),
        bytesPerRequest: perRequest(one, judgement, all, requests(one.route!), seconds),
        share: one.growthBytes.value / total,
        evidence: one.stackShare > 0 ? ('stack' as const) : ('link' as const),
        requests: requests(one.route!),
        collinearWith: [],
      }));
  }
}

const grown = (one: RouteGrowth): number => Math.max(0, one.growthBytes.value);

function shareWithoutRoute(routes: readonly RouteGrowth[]): number {
  const total = routes.reduce((sum, one) => sum + grown(one), 0);
  const unlinked = routes.find((one) => one.route === undefined);
  return total > 0 && unlinked !== undefined ? grown(unlinked) / total : 0;
}

/** The last reading that is not younger than the window; sampled growth needs readings on both of its sides. */
function startOf(readings: readonly Reading[], judgement: Rising): Reading | undefined {
  const slackMs = 2_000;
  return readings.findLast((one) => one.takenAtMs <= judgement.window.fromMs + slackMs) ?? readings[0];
}

function requestsBetween(
  from: Float64Array | undefined,
  to: Float64Array | undefined,
): (route: number) => number {
  return (route) => (to?.[route] ?? 0) - (from?.[route] ?? 0);
}

/**
 * The floor tells how much stays (exactly), the profile by whom (sampled): the route's share of the sampled growth,
 * applied to the growth of the floor. The interval joins both uncertainties as independent relative errors.
 */
function perRequest(
  grown: RouteGrowth,
  judgement: Rising,
  all: number,
  requests: number,
  seconds: number,
): Estimate {
  const share = grown.growthBytes.value / all;
  const rate = judgement.growth.bytesPerSecond;
  const value = (rate.value * seconds * share) / requests;
  const relative = (side: 'low' | 'high'): number =>
    Math.hypot(
      (rate[side] - rate.value) / rate.value,
      (grown.growthBytes[side] - grown.growthBytes.value) / grown.growthBytes.value,
    );
  return {
    value: Math.round(value),
    low: Math.round(Math.max(0, value * (1 - relative('low')))),
    high: Math.round(value * (1 + relative('high'))),
  };
}
