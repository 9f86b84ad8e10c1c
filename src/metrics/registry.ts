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
  /** The application's own prom-client registry: our metrics are registered in it, and its own are served with ours. */
  readonly registry?: PromClientRegistry;
  /** Whether the usual Node and process metrics are served as well. */
  readonly defaultMetrics: boolean;
  /** Called for each metric of the application that could not be collected; it is missing from the scrape. */
  readonly reportHostFailure?: ReportHostFailure;
  /** For tests. */
  readonly runtime?: Runtime;
}

export interface Metrics {
  /** Our names that the application's registry already used; its metrics are served instead. */
  readonly skipped: readonly string[];
  /** The content type of {@link Metrics.render} for the same `Accept` header. */
  contentType(accept?: string): string;
  /** Prometheus text 0.0.4, or OpenMetrics 1.0 when the `Accept` header prefers it. Measures and resets nothing. */
  render(accept?: string): Promise<string>;
  /** The current number of our series, without skipped ones. */
  series(): number;
  /** Removes our metrics from the application's registry. */
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
  // The series with this number counts itself; reading it would recurse.
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
