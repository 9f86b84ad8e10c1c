import { addSampled, intervalOf, none, type Sampled } from '../../profile/sampled.js';
import type { Site, Stack } from '../../profile/site.js';
import { leftRepeatedly, type SiteSurvivors, type Survivors } from '../../profile/windows/survivors.js';
import type { Estimate, Rising } from '../verdict.js';
import type { RetainedEvidence } from './window-attribution.js';

/** What one request of a route leaves behind, by all windows together. */
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

/** What windows say of a rise. */
export interface WindowEvidence {
  /** Most bytes a request first. */
  readonly routes: readonly RetainedByRoute[];
  /** What stays outside requests, and during how many seconds it was allocated. */
  readonly outside: { readonly sites: readonly RetainedAtSite[]; readonly seconds: number };
}

interface Pooled {
  readonly site: Site;
  readonly stack: Stack;
  readonly parts: Sampled[];
}

/** Several windows as one: what each request left is put together, so that short windows tell what a long one does. */
export function windowEvidence(
  windows: readonly (Survivors & { readonly hooksMs: number })[],
): WindowEvidence {
  const routes = new Map<number, { requests: number; sites: Map<string, Pooled> }>();
  const outside = new Map<string, Pooled>();
  for (const window of windows) {
    for (const one of window.routes) {
      const known = routes.get(one.route) ?? { requests: 0, sites: new Map() };
      routes.set(one.route, known);
      known.requests += one.requests;
      pool(known.sites, one.sites);
    }
    pool(outside, window.outside);
  }
  return {
    routes: [...routes]
      .map(([route, { requests, sites }]): RetainedByRoute => {
        const retained = retainedAt(sites);
        const left = none();
        for (const site of retained) addSampled(left, site.left, 1);
        return {
          route,
          requests,
          samples: left.samples,
          bytesPerRequest: times(intervalOf(left), 1 / requests),
          sites: retained,
        };
      })
      .toSorted((a, b) => b.bytesPerRequest.value - a.bytesPerRequest.value),
    outside: {
      sites: retainedAt(outside),
      seconds: windows.reduce((sum, { hooksMs }) => sum + hooksMs / 1000, 0),
    },
  };
}

function pool(into: Map<string, Pooled>, sites: readonly SiteSurvivors[]): void {
  for (const { site, stack, parts } of sites) {
    const known = into.get(site.key) ?? { site, stack, parts: [] };
    into.set(site.key, known);
    known.parts.push(...parts);
  }
}

/** Most bytes first. */
function retainedAt(sites: ReadonlyMap<string, Pooled>): RetainedAtSite[] {
  return [...sites.values()]
    .map(({ site, stack, parts }) => ({ site, stack, left: leftRepeatedly(parts) }))
    .filter(({ left }) => left.samples > 0)
    .toSorted((a, b) => b.left.bytes - a.left.bytes);
}

/** Fewer survivors are chance. */
export const LEAST_SAMPLES = 5;

/** What the windows foretell of a span: what each route's requests left, for all its requests, and the rest of the growth. */
export function retainedEvidence(
  { routes }: WindowEvidence,
  span: Omit<RetainedEvidence, 'routes'>,
  { bytesPerSecond }: Rising['growth'],
): RetainedEvidence {
  const grown = routes
    .filter(({ samples }) => samples >= LEAST_SAMPLES)
    .map(({ route, samples, bytesPerRequest }) => ({
      route,
      samples,
      growthBytes: times(bytesPerRequest, span.requests(route)),
    }));
  const explained = grown.reduce((sum, { growthBytes }) => sum + growthBytes.value, 0);
  const rest = Math.max(0, bytesPerSecond.value * span.seconds - explained);
  return {
    ...span,
    routes: [...grown, { route: undefined, samples: 0, growthBytes: { value: rest, low: rest, high: rest } }],
  };
}

export function times({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor };
}
