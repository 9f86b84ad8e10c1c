import type { FloorPoint } from '../floors/floor-series.js';
import { completedBetween } from '../floors/route-counts.js';
import { theilSen } from '../../statistics/theil-sen.js';
import { floorOf } from '../floors/floor.js';
import { regressRoutes, type NoRegression, type RouteRegression } from './route-regression.js';
import type { Rising, Signal } from '../verdict.js';

/** The time between two floors, the requests in it, and the growth with them. */
export interface Span {
  readonly seconds: number;
  readonly requests: (route: number) => number;
  /**
   * Bytes by which the floors rose with the requests of these routes, weighted by the route. This follows the actual
   * traffic, which is seldom even, and so is more accurate than the mean rate. NaN without such requests.
   */
  readonly risenWith: (routes: readonly WeighedRoute[]) => number;
}

export interface WeighedRoute {
  readonly route: number;
  readonly weight: number;
}

/** What the floors of a rise show about its routes. */
export interface FloorEvidence {
  /** The last floor included. */
  readonly newest: FloorPoint | undefined;
  readonly fromMs: number;
  readonly signal: Signal;
  readonly regression: RouteRegression | NoRegression;
  /** The regression of the other signal outside the heap, if the judged one is outside too and names no route. */
  readonly other: RouteRegression | NoRegression | undefined;
  /** Absent where requests are not counted by route. */
  readonly span: Span | undefined;
}

const OTHER: Partial<Record<Signal, Signal>> = {
  'external-floor': 'native-remainder',
  'native-remainder': 'external-floor',
};

/** Costs one regression, or two outside the heap; returns `known` while the floors are the same. */
export function floorEvidence(
  points: readonly FloorPoint[],
  { window: { fromMs }, signal }: Rising,
  known?: FloorEvidence,
): FloorEvidence {
  const newest = points.at(-1);
  if (known !== undefined && known.newest === newest && known.fromMs === fromMs && known.signal === signal)
    return known;
  const run = points.filter((point) => point.atMs >= fromMs);
  const regression = regressRoutes(run, signal);
  const isNamed = regression.kind === 'regression' && regression.routes.some(({ isSure }) => isSure);
  const otherSignal = OTHER[signal];
  return {
    newest,
    fromMs,
    signal,
    regression,
    other: otherSignal === undefined || isNamed ? undefined : regressRoutes(run, otherSignal),
    span: spanOf(run, signal),
  };
}

function spanOf(run: readonly FloorPoint[], signal: Signal): Span | undefined {
  const counted = run.flatMap((point) => (point.routeCounts ? [{ point, counts: point.routeCounts }] : []));
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  return {
    seconds: (last.point.monotonicMs - first.point.monotonicMs) / 1000,
    requests: (route) => completedBetween(first.counts, last.counts, route),
    risenWith(routes) {
      const weighed = ({ counts }: (typeof counted)[number]): number =>
        routes.reduce(
          (sum, { route, weight }) => sum + weight * completedBetween(first.counts, counts, route),
          0,
        );
      const line = theilSen(
        counted.map(weighed),
        counted.map(({ point }) => floorOf(point, signal)),
      );
      return line.kind === 'slope' ? line.slope * weighed(last) : Number.NaN;
    },
  };
}
