import type { RegressedRoute } from '../../../src/verdict/attribution/regressed-route.js';
import type { RouteRegression } from '../../../src/verdict/attribution/route-regression.js';
import type { RouteGrowth } from '../../../src/verdict/attribution/window-attribution.js';
import type { Estimate } from '../../../src/verdict/verdict.js';

export const about = (value: number, relative = 0): Estimate => ({
  value,
  low: value * (1 - relative),
  high: value * (1 + relative),
});

/** What windows foretell. */
export function grew(
  route: number | undefined,
  bytes: number,
  { relative = 0.3, samples = 10 }: { readonly relative?: number; readonly samples?: number } = {},
): RouteGrowth {
  return { route, samples, growthBytes: about(bytes, relative) };
}

/** What the floors say of one route. */
export const follows = (route: number, more: Partial<RegressedRoute> = {}): RegressedRoute => ({
  route,
  bytesPerRequest: about(1000, 0.1),
  share: 1,
  requests: 100,
  collinearWith: [],
  isSure: true,
  ...more,
});

export const regression = (routes: RegressedRoute[], clockShare = 0): RouteRegression => ({
  kind: 'regression',
  routes,
  clockShare,
  noiseBytes: 1,
  correlation: 0,
});
