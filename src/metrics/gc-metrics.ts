import { gcPauseBucketsSeconds, type GcTotalsReading } from '../measure/gc-totals.js';
import type { GcKind } from '../measure/reading.js';
import { columnHistogram } from './column-histogram.js';
import { single, type HistogramFamily, type ValueFamily } from './family.js';
import { labelsOf } from './labels.js';
import type { MetricsSource } from './source.js';

const kinds: readonly GcKind[] = ['major', 'minor', 'incremental', 'weakcb'];
const kindLabels = kinds.map((kind) => labelsOf({ kind }));
/** The bounds of prom-client's histogram, which dashboards may use. */
const usualBounds: readonly number[] = [0.001, 0.01, 0.1, 1, 2, 5];

export function gcMetrics(source: MetricsSource): (HistogramFamily | ValueFamily)[] {
  return [
    pauses(
      source,
      'memory_gc_pause_seconds',
      'Pauses of the process for garbage collection, by kind; every collection is counted.',
      gcPauseBucketsSeconds,
    ),
    single(
      'memory_gc_reclaimed_bytes_total',
      'Bytes that garbage collections freed.',
      () => source.gcTotals.read().reclaimedBytes,
      { type: 'counter' },
    ),
  ];
}

/** prom-client's GC histogram, but of every collection; prom-client counts only the first of each batch. */
export function usualGcMetric(source: MetricsSource): HistogramFamily {
  return pauses(
    source,
    'nodejs_gc_duration_seconds',
    'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    usualBounds.filter((bound) => gcPauseBucketsSeconds.includes(bound)),
  );
}

function pauses(
  source: MetricsSource,
  name: string,
  help: string,
  bounds: readonly number[],
): HistogramFamily {
  const columns = bounds.map((bound) => gcPauseBucketsSeconds.indexOf(bound));
  return columnHistogram(name, help, bounds, (emit, cumulative) => {
    const totals: GcTotalsReading = source.gcTotals.read();
    for (const [i, kind] of kinds.entries()) {
      const { bucketCounts, count, pauseSeconds } = totals.kinds[kind];
      for (const [bound, column] of columns.entries()) cumulative[bound] = bucketCounts[column]!;
      emit(kindLabels[i]!, cumulative, count, pauseSeconds);
    }
  });
}
