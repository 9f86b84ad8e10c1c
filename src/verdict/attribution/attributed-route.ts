import type { RegressedRoute } from './regressed-route.js';
import type { Estimate } from '../verdict.js';

/** A route that the growth is attributed to, by row of the route table. */
export interface AttributedRoute {
  readonly index: number;
  readonly bytesPerRequest: Estimate;
  /** What the rise of the floor says instead; only where its interval and that of the windows exclude each other. */
  readonly floorBytesPerRequest?: Estimate;
  /** Share of the growth that was attributed to routes, 0 to 1. */
  readonly share: number;
  /** `window`: its requests were seen to leave memory behind; `regression`: the floor follows the route's requests. */
  readonly evidence: 'window' | 'regression';
  readonly requests: number;
  /** Routes that the evidence cannot distinguish from this one. */
  readonly collinearWith: readonly number[];
}

/** By the floors alone. */
export function byFloor({
  route,
  bytesPerRequest,
  share,
  requests,
  collinearWith,
}: RegressedRoute): AttributedRoute {
  return { index: route, bytesPerRequest, share, requests, collinearWith, evidence: 'regression' };
}
