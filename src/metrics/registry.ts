import { negotiate } from './accept.js';
import { countSeries, type Family } from './family.js';
import { gcMetrics } from './gc-metrics.js';
import {
  joinHostRegistry,
  type HostRegistry,
  type PromClientRegistry,
  type ReportHostFailure,
} from './host-registry.js';
import { instanceMetric, memoryMetrics } from './memory-metrics.js';
import { processMetrics } from './process-metrics.js';
import { requestMetrics } from './request-metrics.js';
import { createRouteLabels } from './route-labels.js';
import { selfMetrics } from './self-metrics.js';
import { systemRuntime, type MetricsSource, type Runtime } from './source.js';
import { contentTypes, familyText, OPENMETRICS_END } from './text-format.js';

export interface MetricsOptions {
  /** The application's own prom-client registry: ours are registered into it, and its own are served with ours. */
  readonly registry?: PromClientRegistry;
  /** Whether the usual Node and process metrics are served too. */
  readonly defaultMetrics: boolean;
  /** Hears of each metric of the application that could not be collected; it is then missing from the scrape. */
  readonly reportHostFailure?: ReportHostFailure;
  /** For tests. */
  readonly runtime?: Runtime;
}

export interface Metrics {
  /** Names of ours that the application's registry had already; its metrics are served in their place. */
  readonly skipped: readonly string[];
  /** The content type of what {@link Metrics.render} answers to the same `Accept` header. */
  contentType(accept?: string): string;
  /** Prometheus text 0.0.4, or OpenMetrics 1.0 when the `Accept` header prefers it. Measures and resets nothing. */
  render(accept?: string): Promise<string>;
  /** How many series of ours there are now, skipped ones not counted. */
  series(): number;
  /** Takes our metrics out of the application's registry. */
  close(): void;
}

/**
 * The metrics of a source. Nothing is kept here but their names: each scrape reads the newest sample and the recorder's
 * columns, so that any number of scrapers see the same and none disturbs another.
 */
export function createMetrics(source: MetricsSource, options: MetricsOptions): Metrics {
  const families: Family[] = [
    ...memoryMetrics(source),
    ...gcMetrics(source),
    ...(source.recorder
      ? requestMetrics(source, source.recorder, createRouteLabels(source.recorder.routes))
      : []),
    instanceMetric(source),
    ...(options.defaultMetrics ? processMetrics(source, options.runtime ?? systemRuntime()) : []),
    ...selfMetrics(source, () => series()),
  ];
  const host: HostRegistry | undefined =
    options.registry &&
    joinHostRegistry(options.registry, families, options.reportHostFailure ?? (() => undefined));
  const served = (): Family[] => families.filter(({ name }) => host?.isTaken(name) !== true);
  // The series that holds the number is one of those it counts, and reading it would not end.
  const series = (): number =>
    served().reduce((sum, family) => sum + (family.name === 'tidemark_series' ? 1 : countSeries(family)), 0);

  return {
    skipped: host?.skipped ?? [],
    contentType: (accept) => contentTypes[negotiate(accept)],
    async render(accept) {
      const format = negotiate(accept);
      const theirs = host === undefined ? '' : await host.text(format);
      let text = '';
      for (const family of served()) text += familyText(family, format);
      return text + theirs + (format === 'openmetrics' ? OPENMETRICS_END : '');
    },
    series,
    close: () => host?.close(),
  };
}
