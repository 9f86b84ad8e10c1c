import { byFloor, type AttributedRoute } from './attributed-route.js';
import type { RegressedRoute } from './regressed-route.js';
import type { NoRegression, RouteRegression } from './route-regression.js';
import { attributeByWindows, type Attribution, type RetainedEvidence } from './window-attribution.js';
import type { Estimate } from '../verdict.js';

export interface HeapInput {
  /** Growth of the floor. */
  readonly bytesPerSecond: Estimate;
  readonly retained: RetainedEvidence | undefined;
  readonly regression: RouteRegression | NoRegression | undefined;
  /** Bytes per request of a route, from windows alone. */
  readonly perRequest: (route: number) => Estimate | undefined;
}

/** A smaller share is sampling noise. */
const LEAST_SHARE = 0.02;
/** If windows explain this share of the growth, they decide. */
const CLEAR_SHARE = 0.5;
/** A smaller linked share is chance beside growth that no request causes, unless the floor follows the same route. */
const CREDIBLE_SHARE = 0.2;
/** Work outside requests that leaves this share is the cause, unless the floor follows a route that starts it. */
const DOMINANT_SHARE = 0.5;

/**
 * Combines windows and floors into one list of routes. Windows that explain the growth decide, and the floors refine their
 * figures if both agree. The floors decide if there was no window or if windows explain little. Routes that the floors cannot
 * distinguish from all traffic, or from time, count only without windows.
 */
export function attributeHeap({
  bytesPerSecond,
  retained,
  regression,
  perRequest,
}: HeapInput): AttributedRoute[] {
  const found = regression?.kind === 'regression' ? regression : undefined;
  const attribution = retained && attributeByWindows(retained, bytesPerSecond, found);
  if (attribution === undefined || attribution.sampledBytes === 0) return (found?.routes ?? []).map(byFloor);
  const sure = (found?.routes ?? []).filter((one) => one.isSure);
  const named = byWindows(attribution, sure, perRequest);
  if (attribution.linkedShare >= CLEAR_SHARE && named.length > 0) {
    return ranked([...named, ...unseen(named, sure, 1 - attribution.linkedShare)]);
  }
  const isCredible = attribution.linkedShare >= CREDIBLE_SHARE && attribution.outsideShare < DOMINANT_SHARE;
  const agreed = named.filter(({ index }) => isCredible || sure.some((one) => one.route === index));
  // The floors may name routes whose requests lost their context.
  const added = sure.filter(({ route }) => !agreed.some(({ index }) => index === route)).map(byFloor);
  return ranked([
    ...agreed.map((one) => ({ ...one, share: one.share * (added.length > 0 ? attribution.linkedShare : 1) })),
    ...added,
  ]);
}

function byWindows(
  { routes }: Attribution,
  sure: readonly RegressedRoute[],
  perRequest: HeapInput['perRequest'],
): AttributedRoute[] {
  return routes
    .filter((one) => one.share >= LEAST_SHARE)
    .map((one) => {
      const floor = sure.find(
        ({ route, collinearWith }) => route === one.index && collinearWith.length === 0,
      );
      const byFloors = floor ? joined(one.bytesPerRequest, floor.bytesPerRequest) : one.bytesPerRequest;
      const direct = perRequest(one.index);
      if (direct === undefined) return { ...one, bytesPerRequest: byFloors };
      return agree(direct, byFloors)
        ? { ...one, bytesPerRequest: joined(direct, byFloors) }
        : { ...one, bytesPerRequest: direct, floorBytesPerRequest: byFloors };
    });
}

/** Routes that only the floors name; each gets at most the share that windows left unexplained. */
function unseen(
  named: readonly AttributedRoute[],
  sure: readonly RegressedRoute[],
  unlinkedShare: number,
): AttributedRoute[] {
  if (unlinkedShare < LEAST_SHARE) return [];
  const isNamed = (route: number): boolean => named.some(({ index }) => index === route);
  return sure
    .filter(({ route, collinearWith }) => !isNamed(route) && !collinearWith.some(isNamed))
    .map((one) => ({ ...byFloor(one), share: Math.min(one.share, unlinkedShare) }));
}

function ranked(routes: readonly AttributedRoute[]): AttributedRoute[] {
  const total = Math.max(
    1,
    routes.reduce((sum, { share }) => sum + share, 0),
  );
  return routes.map((one) => ({ ...one, share: one.share / total })).toSorted((a, b) => b.share - a.share);
}

/** Whether two estimates may describe the same quantity. */
function agree(a: Estimate, b: Estimate): boolean {
  const half = Math.hypot(halfWidth(a), halfWidth(b));
  return Number.isFinite(half) && Math.abs(a.value - b.value) <= half;
}

const halfWidth = ({ low, high }: Estimate): number => (high - low) / 2;

/** Two estimates of one quantity, weighted by inverse variance; the first alone if they contradict each other. */
export function joined(a: Estimate, b: Estimate): Estimate {
  if (!agree(a, b)) return a;
  const [halfA, halfB] = [halfWidth(a), halfWidth(b)];
  const weightOfA = halfA + halfB > 0 ? halfB ** 2 / (halfA ** 2 + halfB ** 2) : 0.5;
  const value = weightOfA * a.value + (1 - weightOfA) * b.value;
  const half = (side: 'low' | 'high'): number =>
    Math.hypot(weightOfA * (a[side] - a.value), (1 - weightOfA) * (b[side] - b.value));
  return { value, low: Math.max(0, value - half('low')), high: value + half('high') };
}
