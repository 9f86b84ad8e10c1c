import type { Span } from './floor-evidence.js';
import type { RouteRegression } from './route-regression.js';
import type { AttributedRoute } from './attributed-route.js';
import type { Estimate } from '../verdict.js';

/** Growth of a route during the rise, extrapolated from windows; without a route, the growth that they do not explain. */
export interface RouteGrowth {
  readonly route: number | undefined;
  readonly growthBytes: Estimate;
  /** That the estimate rests on. */
  readonly samples: number;
}

/** Growth of a rise by route, from the windows during it. */
export interface RetainedEvidence {
  /** Allocated outside every request; included in the growth without a route. */
  readonly outsideBytes: number;
  readonly routes: readonly RouteGrowth[];
  readonly seconds: number;
  /** Requests of a route completed in this time. */
  readonly requests: (route: number) => number;
  /** See `Span`; absent where the floors have no counts by route. */
  readonly risenWith?: Span['risenWith'];
}

export interface Attribution {
  readonly routes: readonly AttributedRoute[];
  /** Share of the growth that windows attribute to routes, 0 to 1. */
  readonly linkedShare: number;
  /** Share that windows saw allocated outside every request, 0 to 1. */
  readonly outsideShare: number;
  /** Certain growth: that of sites whose interval is above 0. */
  readonly sampledBytes: number;
}

/** Once this share of the certain growth is linked, the rest is assumed to come from the same routes. */
const TRUSTED_PART = 0.5;

/**
 * The floor gives the exact amount of retained memory, windows give its routes from samples. Certain growth without a route
 * is divided among the routes in proportion, minus the part that the floors attribute to time. If the floors show nothing,
 * it widens the intervals instead, and its weight falls with the share of linked growth. Uncertain growth is summed with
 * its sign: if nothing is retained, allocations and frees cancel.
 */
export function attributeByWindows(
  { routes, outsideBytes, seconds, requests, risenWith }: RetainedEvidence,
  bytesPerSecond: Estimate,
  regression: RouteRegression | undefined,
): Attribution {
  const sure = routes.filter((one) => one.growthBytes.low > 0);
  const linked = sure.filter((one) => one.route !== undefined && requests(one.route) > 0);
  const linkedBytes = sum(linked);
  const unlinkedBytes = sum(sure.filter((one) => one.route === undefined));
  const linkedPart = linkedBytes / (linkedBytes + unlinkedBytes);
  const sampledBytes = sum(sure);
  const allBytes = sampledBytes + Math.max(0, sum(routes.filter((one) => !sure.includes(one))));
  const isDecidedByFloors =
    regression !== undefined && (regression.clockShare > 0 || regression.routes.some(({ isSure }) => isSure));
  const byRequests = isDecidedByFloors ? 1 - regression.clockShare : Math.min(1, linkedPart / TRUSTED_PART);
  const weighed = linked.map(({ route, growthBytes }) => ({
    route: route!,
    weight: growthBytes.value / requests(route!),
  }));
  const risenBytes = risenWith?.(weighed) ?? Number.NaN;
  const grownBytes = risenBytes > 0 ? risenBytes : bytesPerSecond.value * seconds;
  const shareWith = (part: number): number => (linkedBytes + part * unlinkedBytes) / allBytes;
  return {
    linkedShare: sampledBytes > 0 ? linkedBytes / sampledBytes : 0,
    outsideShare: sampledBytes > 0 ? Math.min(1, outsideBytes / sampledBytes) : 0,
    sampledBytes,
    routes: linked.map((one) => {
      const share = one.growthBytes.value / linkedBytes;
      const perRequest = (grownBytes * share) / requests(one.route!);
      const value = perRequest * shareWith(byRequests);
      const [least, most] = isDecidedByFloors
        ? [value, value]
        : [perRequest * shareWith(0), perRequest * shareWith(1)];
      const half = (side: 'low' | 'high', unlinked: number): number =>
        Math.hypot(value * relative(bytesPerSecond, side), value * relative(one.growthBytes, side), unlinked);
      return {
        index: one.route!,
        bytesPerRequest: {
          value,
          low: Math.max(0, value - half('low', value - least)),
          high: value + half('high', most - value),
        },
        share,
        evidence: 'window',
        requests: requests(one.route!),
        // Windows distinguish routes that the floors cannot.
        collinearWith: [],
      };
    }),
  };
}

function sum(routes: readonly RouteGrowth[]): number {
  return routes.reduce((bytes, one) => bytes + one.growthBytes.value, 0);
}

function relative(estimate: Estimate, side: 'low' | 'high'): number {
  return (estimate[side] - estimate.value) / estimate.value;
}
