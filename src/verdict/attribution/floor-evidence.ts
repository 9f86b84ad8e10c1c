import type { FloorPoint } from '../floors/floor-series.js';
import { completedBetween } from '../floors/route-counts.js';
import { regressRoutes, type NoRegression, type RouteRegression } from './route-regression.js';
import type { Rising, Signal } from '../verdict.js';

/** The time between two floors and the requests in it. */
export interface Span {
  readonly seconds: number;
  readonly requests: (route: number) => number;
}

/** What the floors of a rise say of its routes. */
export interface FloorEvidence {
  /** The last floor looked at. */
  readonly newest: FloorPoint | undefined;
  readonly fromMs: number;
  readonly signal: Signal;
  readonly regression: RouteRegression | NoRegression;
  /** The same of the other signal outside the heap, where the judged one is outside and names no route. */
  readonly other: RouteRegression | NoRegression | undefined;
  /** Absent where requests are not counted by route. */
  readonly span: Span | undefined;
}

const OTHER: Partial<Record<Signal, Signal>> = {
  'external-floor': 'native-remainder',
  'native-remainder': 'external-floor',
};

/** Costs one regression, or two outside the heap; `known` is given back while it is about the same floors. */
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
    span: spanOf(run),
  };
}

function spanOf(run: readonly FloorPoint[]): Span | undefined {
  const counted = run.filter(({ routeCounts }) => routeCounts !== undefined);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first?.routeCounts === undefined || last?.routeCounts === undefined || first === last) return undefined;
  const [from, to] = [first.routeCounts, last.routeCounts];
  return {
    seconds: (last.monotonicMs - first.monotonicMs) / 1000,
    requests: (route) => completedBetween(from, to, route),
  };
}
