import type { DeepSampler } from '../../requests/deep-samples.js';
import type { Recorder } from '../../requests/recorder.js';
import { deltaLayout, durationLayout, STATUS_CLASSES } from '../../requests/route-columns.js';
import type { RouteSuspect } from '../../verdict/attribution/suspects.js';
import { quantileFromCounts } from '../../statistics/log-histogram.js';
import type { Clock } from '../../base/clock.js';
import { nextSteps, type StepSource } from '../next-step.js';
import type { RoutesAnswer } from './schema.js';

export type RouteSort = RoutesAnswer['sort'];
export type RouteRow = RoutesAnswer['routes'][number];

export interface RetainedSource {
  suspects(): { readonly routes: readonly Pick<RouteSuspect, 'route' | 'bytesPerRequest'>[] };
}

export interface RoutesSource extends StepSource, RetainedSource {
  readonly clock: Clock;
  readonly deep: Pick<DeepSampler, 'taken' | 'samples'> | undefined;
}

export interface RoutesQuery {
  /** Greatest first; `retained` by default. */
  readonly sort?: RouteSort;
  /** Maximum number of rows, 50 by default. */
  readonly limit?: number;
}

export function buildRoutes(
  source: RoutesSource,
  recorder: Recorder,
  { sort = 'retained', limit = 50 }: RoutesQuery = {},
): RoutesAnswer {
  return {
    at: new Date(source.clock.wall()).toISOString(),
    sort,
    total: recorder.routes.size,
    routes: routeRows(source, recorder, sort, limit),
    ...(source.deep && { deepSamples: deepSamples(source.deep, recorder, limit) }),
    next: nextSteps(source, ['verdict', 'profileDelta', 'stats']),
  };
}

/** One row for each route that has answered, greatest first. */
export function routeRows(
  source: RetainedSource,
  recorder: Recorder,
  sort: RouteSort,
  limit: number,
): RouteRow[] {
  const retained = new Map(
    source.suspects().routes.map((suspect) => [suspect.route, suspect.bytesPerRequest]),
  );
  const indices = Array.from({ length: recorder.routes.size }, (_, index) => index).filter(
    (index) => recorder.columns.completed[index]! + recorder.columns.inFlight[index]! > 0,
  );
  const key = sortKey(recorder, sort, retained);
  return indices
    .sort((a, b) => key(b) - key(a) || a - b)
    .slice(0, limit)
    .map((index) => rowOf(recorder, index, retained));
}

type Retained = ReadonlyMap<string, RouteSuspect['bytesPerRequest']>;

function sortKey(recorder: Recorder, sort: RouteSort, retained: Retained): (index: number) => number {
  const { columns } = recorder;
  if (sort === 'requests') return (index) => columns.completed[index]!;
  if (sort === 'duration') return (index) => columns.durationSumMs[index]! / (columns.completed[index]! || 1);
  if (sort === 'delta') return (index) => columns.deltaSumBytes[index]! / (columns.cleanSamples[index]! || 1);
  return (index) => retained.get(recorder.routes.label(index))?.value ?? 0;
}

function rowOf(recorder: Recorder, index: number, retained: Retained): RouteRow {
  const { columns } = recorder;
  const clean = columns.cleanSamples[index]!;
  const samples = clean + columns.overlapSamples[index]! + columns.gcSamples[index]!;
  const durationAt = (q: number): number =>
    quantileFromCounts(durationLayout, columns.durations, index * durationLayout.buckets, q) / 1000;
  const deltaAt = (q: number): number =>
    Math.round(quantileFromCounts(deltaLayout, columns.deltas, index * deltaLayout.buckets, q));
  const route = recorder.routes.label(index);
  const bytesPerRequest = retained.get(route);
  return {
    route,
    requests: columns.completed[index]!,
    inFlight: columns.inFlight[index]!,
    statuses: Object.fromEntries(
      STATUS_CLASSES.map((name, cls) => [name, columns.byClass[index * STATUS_CLASSES.length + cls]!]).filter(
        ([, count]) => count !== 0,
      ),
    ) as Record<string, number>,
    ...(columns.completed[index]! > 0 && {
      duration: { p50Ms: durationAt(0.5), p90Ms: durationAt(0.9), p99Ms: durationAt(0.99) },
    }),
    ...(clean > 0 && {
      heapDelta: { p50Bytes: deltaAt(0.5), p90Bytes: deltaAt(0.9), p99Bytes: deltaAt(0.99) },
    }),
    ...(samples > 0 && { cleanShare: clean / samples }),
    ...(bytesPerRequest && { retainedBytesPerRequest: bytesPerRequest }),
  };
}

function deepSamples(
  deep: Pick<DeepSampler, 'taken' | 'samples'>,
  recorder: Recorder,
  limit: number,
): NonNullable<RoutesAnswer['deepSamples']> {
  return {
    taken: deep.taken,
    newest: deep
      .samples()
      .slice(0, limit)
      .map(({ row, at, delta, ...rest }) => ({
        route: recorder.routes.label(row),
        at: new Date(at).toISOString(),
        ...rest,
        ...delta,
      })),
  };
}
