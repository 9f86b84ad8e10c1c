import type { Core } from '../../core.js';
import type { ProfileGrowth } from '../../profile/growth.js';
import type { LiveProfile, Reading } from '../../profile/live-profile.js';
import { reportSite } from '../../profile/site-report.js';
import { steps, type CurlTarget } from '../next-step.js';

const MAX_SITES = 50;

/** One reading, or what changed between two, by site and by route. */
export interface ProfileOutcome {
  readonly reading: Reading;
  /** The earlier of two readings, when only what stayed between them is asked for. */
  readonly since?: Reading;
  readonly growth: ProfileGrowth;
}

export function profileView(
  core: Core,
  profile: LiveProfile,
  outcome: ProfileOutcome,
  target: CurlTarget,
): Record<string, unknown> {
  const { reading, since, growth } = outcome;
  const label = (route: number | undefined): string =>
    route === undefined ? '(unlinked)' : (core.recorder?.routes.label(route) ?? String(route));
  const size = (site: { liveBytes: number; growthBytes: { value: number } }): number =>
    since === undefined ? site.liveBytes : site.growthBytes.value;
  return {
    takenAt: new Date(reading.takenAtMs).toISOString(),
    mode: since === undefined ? 'live' : 'delta',
    ...(since && { seconds: Math.round((reading.monotonicMs - since.monotonicMs) / 1000) }),
    samplingIntervalBytes: profile.samplingIntervalBytes,
    liveBytes: Math.round(reading.liveBytes),
    liveSamples: reading.liveSamples,
    costMs: reading.costMs + (since?.costMs ?? 0),
    sites: growth.sites
      .toSorted((a, b) => size(b) - size(a))
      .slice(0, MAX_SITES)
      .map((site) => {
        const { routes, ...report } = reportSite(site, profile.locate);
        return { ...report, routes: routes.map(({ route }) => label(route)) };
      }),
    routes: growth.routes.map(({ route, liveBytes, growthBytes, share }) => ({
      route: label(route),
      liveBytes: Math.round(liveBytes),
      growthBytes,
      share,
    })),
    next: steps(
      since === undefined ? ['profileDelta', 'pprof', 'verdict'] : ['verdict', 'pprof', 'routes'],
      target,
      core.expectedCosts(),
    ),
  };
}
