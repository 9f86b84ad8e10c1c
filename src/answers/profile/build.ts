import type { ProfileGrowth } from '../../profile/growth.js';
import type { LiveProfile, Reading } from '../../profile/live-profile.js';
import { reportSite } from '../../profile/site-report.js';
import { roundedEstimate } from '../../statistics/poisson.js';
import { nextSteps, type StepSource } from '../next-step.js';
import type { ProfileAnswer } from './schema.js';

const MAX_SITES = 50;

/** One reading, or what changed between two, by site and by route. */
export interface ProfileOutcome {
  readonly reading: Reading;
  /** The earlier of two readings, if only what stayed between them is requested. */
  readonly since?: Reading;
  readonly growth: ProfileGrowth;
}

export interface ProfileSource extends StepSource {
  /** Names the routes; absent if requests are not recorded. */
  readonly recorder: { readonly routes: { label(route: number): string } } | undefined;
}

export function buildProfile(
  source: ProfileSource,
  profile: Pick<LiveProfile, 'samplingIntervalBytes' | 'locate'>,
  { reading, since, growth }: ProfileOutcome,
): ProfileAnswer {
  const label = (route: number | undefined): string =>
    route === undefined ? '(unlinked)' : (source.recorder?.routes.label(route) ?? String(route));
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
      growthBytes: roundedEstimate(growthBytes),
      share,
    })),
    next: nextSteps(
      source,
      since === undefined ? ['profileDelta', 'pprof', 'verdict'] : ['verdict', 'pprof', 'routes'],
    ),
  };
}
