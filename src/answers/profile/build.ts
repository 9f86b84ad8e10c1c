import type { ProfileGrowth } from '../../profile/growth.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import type { Reading } from '../../profile/reading.js';
import { loadedAgents } from '../../profile/profiler-holder.js';
import { reportSite } from '../../profile/site-report.js';
import type { RetentionWindows } from '../../profile/windows/windows.js';
import { iso } from '../common.js';
import { nextSteps, type StepSource } from '../next-step.js';
import { buildEarlier } from './earlier.js';
import { profileLimitations } from './limitations.js';
import type { ProfileAnswer } from './schema.js';

const MAX_SITES = 50;

/** One reading, or what changed between two, by site. */
export interface ProfileOutcome {
  readonly reading: Reading;
  /** The earlier of two readings, if only what stayed between them is requested. */
  readonly since?: Reading;
  readonly growth: ProfileGrowth;
}

export interface ProfileSource extends StepSource {
  /** Names the routes; absent if requests are not recorded. */
  readonly recorder: { readonly routes: { label(route: number): string } } | undefined;
  /** Which routes leave something at a site; absent where there are none. */
  readonly windows: Pick<RetentionWindows, 'results'> | undefined;
}

export function buildProfile(
  source: ProfileSource,
  profile: Pick<LiveProfile, 'samplingIntervalBytes' | 'locate' | 'earlier' | 'changes' | 'wantedSinceMs'>,
  { reading, since, growth }: ProfileOutcome,
): ProfileAnswer {
  const routesAt = routesBySite(source);
  const size = (site: { liveBytes: number; growthBytes: { value: number } }): number =>
    since === undefined ? site.liveBytes : site.growthBytes.value;
  // Of two readings, only what was allocated between them is asked for.
  const earlier = since === undefined ? buildEarlier(profile.earlier, profile.locate) : undefined;
  const facts = {
    samplingIntervalBytes: profile.samplingIntervalBytes,
    configuredIntervalBytes: source.options.profile.samplingIntervalBytes,
    earlier: since === undefined ? profile.earlier : [],
    changes: profile.changes,
    agents: loadedAgents(),
    wantedSinceMs: profile.wantedSinceMs,
  };
  return {
    takenAt: iso(reading.takenAtMs),
    since: iso(reading.startedAtMs),
    mode: since === undefined ? 'live' : 'delta',
    ...(since && { seconds: Math.round((reading.monotonicMs - since.monotonicMs) / 1000) }),
    samplingIntervalBytes: profile.samplingIntervalBytes,
    liveBytes: Math.round(reading.liveBytes),
    liveSamples: reading.liveSamples,
    costMs: reading.costMs + (since?.costMs ?? 0),
    sites: growth.sites
      .toSorted((a, b) => size(b) - size(a))
      .slice(0, MAX_SITES)
      .map((site) => ({ ...reportSite(site, profile.locate), routes: routesAt(site.site.key) })),
    ...(earlier && { earlier }),
    limitations: profileLimitations(facts, reading, since),
    next: nextSteps(
      source,
      since === undefined ? ['profileDelta', 'pprof', 'verdict'] : ['verdict', 'pprof', 'routes'],
    ),
  };
}

/** Routes whose requests left something at a site, in the retention windows so far. */
function routesBySite({ windows, recorder }: ProfileSource): (siteKey: string) => string[] {
  const rows = new Map<string, Set<number>>();
  for (const { routes } of windows?.results ?? []) {
    for (const { route, sites } of routes) {
      for (const { site } of sites) rows.set(site.key, (rows.get(site.key) ?? new Set()).add(route));
    }
  }
  return (siteKey) => [...(rows.get(siteKey) ?? [])].map((row) => recorder?.routes.label(row) ?? String(row));
}
