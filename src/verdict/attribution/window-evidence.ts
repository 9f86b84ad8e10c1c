import type { Clock } from '../../base/clock.js';
import { addSampled, intervalOf, none, type Sampled } from '../../profile/sampled.js';
import type { Site, Stack } from '../../profile/site.js';
import { leftRepeatedly, type SiteSurvivors, type Survivors } from '../../profile/windows/survivors.js';
import type { Retention } from '../../profile/windows/windows.js';
import { sampledBytesInterval } from '../../statistics/poisson.js';
import type { Estimate, Rising } from '../verdict.js';
import type { RetainedEvidence } from './window-attribution.js';

/** What one request of a route leaves behind, pooled over all windows. */
export interface RetainedByRoute {
  readonly route: number;
  readonly bytesPerRequest: Estimate;
  /** That the estimate rests on. */
  readonly samples: number;
  /** Followed in the windows. */
  readonly requests: number;
  readonly sites: readonly RetainedAtSite[];
}

export interface RetainedAtSite {
  readonly site: Site;
  readonly stack: Stack;
  readonly left: Sampled;
}

/** The evidence of windows about a rise. */
export interface WindowEvidence {
  /** Most bytes per request first. */
  readonly routes: readonly RetainedByRoute[];
  /** Survivors of work outside requests, and the seconds in which they were allocated. */
  readonly outside: { readonly sites: readonly RetainedAtSite[]; readonly seconds: number };
}

/** Survivors of one site, by window. */
interface Pooled {
  readonly site: Site;
  readonly stack: Stack;
  /** One for each window, also where it saw nothing of the site. */
  readonly windows: Seen[];
}

interface Seen {
  readonly parts: readonly Sampled[];
  readonly samplingIntervalBytes: number;
}

/** The windows that ended during a rise, whose begin is on the wall clock as it counts now. */
export function windowsDuring(
  { window: { fromMs } }: Rising,
  windows: readonly Retention[],
  clock: Clock,
): readonly Retention[] {
  const startMs = fromMs - (clock.wall() - clock.monotonic());
  return windows.filter(({ toMs }) => toMs >= startMs);
}

type Window = Survivors & { readonly hooksMs: number };

/** Pools what each request left over several windows, so that short windows give the result of a long one. */
export function windowEvidence(windows: readonly Window[]): WindowEvidence {
  const rows = [...new Set(windows.flatMap(({ routes }) => routes.map(({ route }) => route)))];
  const routes = rows.map((row): RetainedByRoute => {
    const followed = windows.map(({ routes }) => routes.find(({ route }) => route === row));
    const requests = followed.map((one) => one?.requests ?? 0);
    const sites = retainedAt(
      pooled(windows, (at) => followed[at]?.sites ?? []),
      requests,
    );
    const left = none();
    for (const site of sites) addSampled(left, site.left, 1);
    return {
      route: row,
      requests: sum(requests),
      samples: left.samples,
      bytesPerRequest: times(intervalOf(left), 1 / sum(requests)),
      sites,
    };
  });
  const seconds = windows.map(({ hooksMs }) => hooksMs / 1000);
  return {
    routes: routes.toSorted((a, b) => b.bytesPerRequest.value - a.bytesPerRequest.value),
    outside: {
      sites: retainedAt(
        pooled(windows, (at) => windows[at]!.outside),
        seconds,
      ),
      seconds: sum(seconds),
    },
  };
}

function pooled(
  windows: readonly Window[],
  sitesOf: (window: number) => readonly SiteSurvivors[],
): ReadonlyMap<string, Pooled> {
  const pools = new Map<string, Pooled>();
  const unseen = windows.map(({ samplingIntervalBytes }): Seen => ({ parts: [], samplingIntervalBytes }));
  for (const [at, { samplingIntervalBytes }] of windows.entries()) {
    for (const { site, stack, parts } of sitesOf(at)) {
      const pool = pools.get(site.key) ?? { site, stack, windows: [...unseen] };
      pools.set(site.key, pool);
      pool.windows[at] = { parts, samplingIntervalBytes };
    }
  }
  return pools;
}

/** Most bytes first. @param exposure of each window: its requests, or its seconds */
function retainedAt(pools: ReadonlyMap<string, Pooled>, exposure: readonly number[]): RetainedAtSite[] {
  return [...pools.values()]
    .map(({ site, stack, windows }) => ({ site, stack, left: leftOf(windows, exposure) }))
    .filter(({ left }) => left.samples > 0)
    .toSorted((a, b) => b.left.bytes - a.left.bytes);
}

/**
 * Survivors over all windows; or those of the newest alone, scaled up, if it excludes the mean of all. A leak leaves the same
 * amount in each window, code that warms up leaves less and less.
 */
function leftOf(windows: readonly Seen[], exposure: readonly number[]): Sampled {
  const all = leftRepeatedly(windows.flatMap(({ parts }) => parts));
  const last = exposure.findLastIndex((share) => share > 0);
  const newest = windows[last];
  if (newest === undefined) return none();
  const scale = sum(exposure) / exposure[last]!;
  if (scale === 1 || mostBytes(newest) * scale >= all.bytes) return all;
  const { bytes, samples, largeBytes, largeSamples } = leftRepeatedly(newest.parts);
  return { bytes: bytes * scale, samples, largeBytes: largeBytes * scale, largeSamples };
}

/** Upper bound of the bytes that these parts represent. */
function mostBytes({ parts, samplingIntervalBytes }: Seen): number {
  const seen = none();
  for (const part of parts) addSampled(seen, part, 1);
  return seen.samples === 0 ? sampledBytesInterval(0, 0, samplingIntervalBytes).high : intervalOf(seen).high;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Fewer survivors may be chance. */
export const LEAST_SAMPLES = 5;

/** Extrapolates windows to a span: what each route leaves per request, times its requests, and the rest of the growth. */
export function retainedEvidence(
  { routes, outside }: WindowEvidence,
  span: Omit<RetainedEvidence, 'routes' | 'outsideBytes'>,
  { bytesPerSecond }: Rising['growth'],
): RetainedEvidence {
  const grown = routes
    .filter(({ samples }) => samples >= LEAST_SAMPLES)
    .map(({ route, samples, bytesPerRequest }) => ({
      route,
      samples,
      growthBytes: times(bytesPerRequest, span.requests(route)),
    }));
  const perSecond =
    outside.seconds > 0 ? sum(outside.sites.map(({ left }) => left.bytes)) / outside.seconds : 0;
  const outsideBytes = perSecond * span.seconds;
  const explained = sum(grown.map(({ growthBytes }) => growthBytes.value));
  const rest = Math.max(outsideBytes, bytesPerSecond.value * span.seconds - explained);
  return {
    ...span,
    outsideBytes,
    routes: [...grown, { route: undefined, samples: 0, growthBytes: { value: rest, low: rest, high: rest } }],
  };
}

export function times({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor };
}
