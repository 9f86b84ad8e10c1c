import type { RegressedRoute } from './regressed-route.js';
import type { Estimate } from '../verdict.js';

/** A route that the growth comes from, by row of the route table. */
export interface FusedRoute {
  readonly index: number;
  readonly bytesPerRequest: Estimate;
  readonly share: number;
  readonly evidence: 'stack' | 'link' | 'regression';
  readonly requests: number;
  readonly collinearWith: readonly number[];
}

/** As the floors alone tell. */
export function byFloor({
  route,
  bytesPerRequest,
  share,
  requests,
  collinearWith,
}: RegressedRoute): FusedRoute {
  return { index: route, bytesPerRequest, share, requests, collinearWith, evidence: 'regression' };
}
