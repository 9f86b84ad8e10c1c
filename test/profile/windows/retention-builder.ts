import { addSampled, none, sampledOf, type Sampled } from '../../../src/profile/sampled.js';
import type { Site } from '../../../src/profile/site.js';
import {
  LEAST_TIMES,
  type RouteSurvivors,
  type SiteSurvivors,
} from '../../../src/profile/windows/survivors.js';
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

/** As left by several requests, the same by each. */
export function leftAt(key: string, left: Sampled, more: Partial<SiteSurvivors> = {}): SiteSurvivors {
  const requests = Math.max(LEAST_TIMES, left.samples);
  const part = none();
  addSampled(part, left, 1 / requests);
  return { site: siteNamed(key), stack: [], parts: Array.from({ length: requests }, () => part), ...more };
}

/** What `requests` requests of a route left. */
export function leftBy(
  route: number,
  requests: number,
  sites: readonly SiteSurvivors[],
  more: Partial<RouteSurvivors> = {},
): RouteSurvivors {
  return { route, requests, afterBytes: 0, sites, ...more };
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
