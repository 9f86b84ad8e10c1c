import type { Recorder } from '../requests/recorder.js';
import { deltaLayout, STATUS_CLASSES } from '../requests/route-columns.js';
import { accumulate, accumulateMapped, columnHistogram, mapToBounds } from './column-histogram.js';
import { labelled, type Family, type HistogramFamily, type LabelledReadings } from './family.js';
import type { RouteLabels } from './route-labels.js';
import type { MetricsSource } from './source.js';

type Requests = Pick<Recorder, 'routes' | 'columns' | 'bucketBoundsMs'>;

/** 256 B to 256 MiB in steps of four: powers of two, which are edges of the recorder's columns. */
export const deltaBoundsBytes: readonly number[] = Array.from({ length: 11 }, (_, i) => 256 * 4 ** i);

/** Metrics by route. The route table is bounded, and so is the number of series. */
export function requestMetrics(source: MetricsSource, requests: Requests, labels: RouteLabels): Family[] {
  return [
    durations(requests, labels),
    heapDeltas(requests, labels),
    labelled(
      'memory_route_retained_bytes_per_request',
      'Estimated bytes that stay for each request of a route; only while memory grows and the route is a suspect.',
      () => retained(source, requests, labels),
      { aggregator: 'average' },
    ),
  ];
}

/** Suspects are few and named by the table's labels; rows are looked up only while there are any. */
function retained(source: MetricsSource, { routes }: Requests, labels: RouteLabels): LabelledReadings {
  const bytesOf = new Map(
    source.suspects().routes.map((suspect) => [suspect.route, suspect.bytesPerRequest.value]),
  );
  if (bytesOf.size === 0) return [];
  const rows = Array.from({ length: routes.size }, (_, row) => row);
  return rows.map((row) => [labels.of(row), bytesOf.get(routes.label(row))] as const);
}

function durations(requests: Requests, labels: RouteLabels): HistogramFamily {
  const { bucketBoundsMs } = requests;
  // Twelve digits, so that 70.00000000000001 ms are the 0.07 s of the option.
  const bounds = Array.from(bucketBoundsMs, (ms) => Number((ms / 1000).toPrecision(12)));
  const size = bounds.length + 1;
  return columnHistogram(
    'memory_request_duration_seconds',
    'Time from request to the end of its response, by route pattern and class of status.',
    bounds,
    (emit, cumulative) => {
      const { columns, routes } = requests;
      for (let route = 0; route < routes.size; route += 1) {
        if (columns.completed[route] === 0) continue;
        for (let cls = 0; cls < STATUS_CLASSES.length; cls += 1) {
          const row = route * STATUS_CLASSES.length + cls;
          if (columns.byClass[row] === 0) continue;
          const count = accumulate(columns.durationBuckets, row * size, size, cumulative);
          emit(labels.ofClass(route, cls), cumulative, count, columns.durationClassSumMs[row]! / 1000);
        }
      }
    },
  );
}

function heapDeltas(requests: Requests, labels: RouteLabels): HistogramFamily {
  const boundOf = mapToBounds(deltaLayout, deltaBoundsBytes);
  return columnHistogram(
    'memory_request_heap_delta_bytes',
    'Growth of used heap during requests that ran alone, unspoiled by a GC; a growth of exactly a bound counts above it.',
    deltaBoundsBytes,
    (emit, cumulative) => {
      const { columns, routes } = requests;
      for (let route = 0; route < routes.size; route += 1) {
        if (columns.cleanSamples[route] === 0) continue;
        const count = accumulateMapped(columns.deltas, route * deltaLayout.buckets, boundOf, cumulative);
        emit(labels.of(route), cumulative, count, columns.deltaSumBytes[route]!);
      }
    },
  );
}
