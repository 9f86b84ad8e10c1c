import { addSampled, none, sampledOf, type Sampled } from '../../../src/profile/sampled.js';
import type { Site } from '../../../src/profile/site.js';
import type { RouteSurvivors, SiteSurvivors } from '../../../src/profile/windows/survivors.js';
import type { Retention } from '../../../src/profile/windows/windows.js';

export function siteNamed(key: string, more: Partial<Site> = {}): Site {
  return {
    key,
    kind: 'application',
    functionName: key,
    url: 'file:///app/src/cache.js',
    line: 42,
    column: 9,
    ...more,
  };
}

/** `samples` survivors of `bytes` together, so small that each stands for what sampling missed. */
export function sampled(bytes: number, samples: number): Sampled {
  const sum = none();
  for (let i = 0; i < samples; i += 1) addSampled(sum, sampledOf(bytes / samples, Number.MAX_VALUE), 1);
  return sum;
}

/** `samples` survivors of `bytes` together, so large that sampling missed none: their interval is the figure itself. */
export const certainly = (bytes: number, samples: number): Sampled => ({
  bytes,
  samples,
  largeBytes: bytes,
  largeSamples: samples,
});

export function leftAt(key: string, left: Sampled, more: Partial<SiteSurvivors> = {}): SiteSurvivors {
  return { site: siteNamed(key), stack: [], left, times: left.samples, ...more };
}

/** What `requests` requests of a route left: `sites`, and all that is at them. */
export function leftBy(
  route: number,
  requests: number,
  sites: readonly SiteSurvivors[],
  more: Partial<RouteSurvivors> = {},
): RouteSurvivors {
  const left = none();
  for (const site of sites) addSampled(left, site.left, 1);
  return { route, requests, left, onceBytes: 0, afterBytes: 0, sites, ...more };
}

/** What a window of a second told. */
export function retention(
  routes: readonly RouteSurvivors[] = [],
  { fromMs = 0, ...more }: Partial<Retention> = {},
): Retention {
  return {
    samplingIntervalBytes: 512,
    requests: routes.reduce((sum, { requests }) => sum + requests, 0),
    routes,
    outside: [],
    unknownBytes: 0,
    marks: 0,
    missedMarks: 0,
    fromMs,
    toMs: fromMs + 1000,
    hooksMs: 1000,
    pauseMs: 20,
    ended: 'time',
    marksBytes: 0,
    ...more,
  };
}
