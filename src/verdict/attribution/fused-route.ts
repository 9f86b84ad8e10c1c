import type { RegressedRoute } from './regressed-route.js';
import type { Estimate } from '../verdict.js';

/** A route that the growth comes from, by row of the route table. */
export interface FusedRoute {
  readonly index: number;
  readonly bytesPerRequest: Estimate;
  /** Of all that stayed and that a route was named for, 0 to 1. */
  readonly share: number;
  /**
   * `stack`: the route's own frame was seen; `link`: it was learned from other stacks who calls the function;
   * `regression`: the floor follows the route's requests.
   */
  readonly evidence: 'stack' | 'link' | 'regression';
  readonly requests: number;
  /** Routes that the evidence cannot tell from this one. */
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
