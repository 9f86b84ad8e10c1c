import type { DeepSampler } from '../../requests/deep-samples.js';
import type { Recorder } from '../../requests/recorder.js';
import { deltaLayout, durationLayout, STATUS_CLASSES } from '../../requests/route-columns.js';
import { quantileFromCounts } from '../../statistics/log-histogram.js';
import type { Core } from '../../runtime/core.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import { routesText, type DeepSampleFacts, type RouteFacts, type RoutesFacts } from './text.js';

export const ROUTE_SORTS = ['retained', 'requests', 'duration', 'delta'] as const;
export type RouteSort = (typeof ROUTE_SORTS)[number];

export function routesView(
  core: Core,
  recorder: Recorder,
  target: CurlTarget,
  sort: RouteSort,
  limit: number,
): RoutesFacts {
  const answer: RoutesFacts = {
    at: new Date(core.clock.wall()).toISOString(),
    sort,
    total: recorder.routes.size,
    routes: routeRows(core, recorder, sort, limit),
    ...(core.deep && { deepSamples: deepSamples(core.deep, recorder, limit) }),
    next: nextSteps(core, ['verdict', 'profileDelta', 'stats'], target),
  };
  return withText(answer, () => routesText(answer));
}

/** One row a route that has answered, greatest first. */
export function routeRows(core: Core, recorder: Recorder, sort: RouteSort, limit: number): RouteFacts[] {
  const retained = new Map(core.suspects().routes.map((suspect) => [suspect.route, suspect.bytesPerRequest]));
  const indices = Array.from({ length: recorder.routes.size }, (_, index) => index).filter(
    (index) => recorder.columns.completed[index]! + recorder.columns.inFlight[index]! > 0,
  );
  const key = sortKey(recorder, sort, retained);
  return indices
    .sort((a, b) => key(b) - key(a) || a - b)
    .slice(0, limit)
    .map((index) => rowOf(recorder, index, retained));
}

type Retained = ReadonlyMap<string, { value: number; low: number; high: number }>;

function sortKey(recorder: Recorder, sort: RouteSort, retained: Retained): (index: number) => number {
  const { columns } = recorder;
  if (sort === 'requests') return (index) => columns.completed[index]!;
  if (sort === 'duration') return (index) => columns.durationSumMs[index]! / (columns.completed[index]! || 1);
  if (sort === 'delta') return (index) => columns.deltaSumBytes[index]! / (columns.cleanSamples[index]! || 1);
  return (index) => retained.get(recorder.routes.label(index))?.value ?? 0;
}

function rowOf(recorder: Recorder, index: number, retained: Retained): RouteFacts {
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
  deep: DeepSampler,
  recorder: Recorder,
  limit: number,
): { taken: number; newest: DeepSampleFacts[] } {
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
