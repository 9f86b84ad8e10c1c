import { labelled, single, type Family } from './family.js';
import { labelsOf } from './labels.js';
import type { MetricsSource } from './source.js';

/** What Tidemark itself costs. `series` says how many series this scrape has. */
export function selfMetrics(source: MetricsSource, series: () => number): Family[] {
  return [
    single(
      'tidemark_overhead_seconds_total',
      'Time the serving thread spent on sampling and on pauses for diagnostics.',
      () => {
        const { samplingSeconds, pauseSeconds } = source.cost();
        return samplingSeconds + pauseSeconds;
      },
      { type: 'counter' },
    ),
    single(
      'tidemark_self_bytes',
      'Bytes of the columns and rings that requests and samples are kept in.',
      () => source.cost().selfBytes,
    ),
    single('tidemark_series', 'Series that Tidemark exposes, this one included.', series),
    single(
      'tidemark_pause_budget_remaining_seconds',
      'What is left of the time for which diagnostics may stop the serving thread within an hour.',
      () => source.budget.remainingMs() / 1000,
      { aggregator: 'min' },
    ),
    single(
      'tidemark_retention_windows_total',
      'Retention windows so far, in which requests were followed to measure what they leave behind.',
      () => source.windows?.count,
      { type: 'counter' },
    ),
    single(
      'tidemark_retention_hooks_seconds_total',
      'Time that promise hooks were on, for retention windows only.',
      () => source.windows?.hooksSeconds,
      { type: 'counter' },
    ),
    labelled(
      'tidemark_errors_total',
      'Failures of Tidemark by part; what a failed part reads is absent.',
      () => Object.entries(source.failures()).map(([part, count]) => [labelsOf({ part }), count]),
      { type: 'counter' },
    ),
  ];
}
