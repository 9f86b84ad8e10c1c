import type { Metric, OpenMetricsContentType, Registry } from 'prom-client';
import type { Family } from './family.js';
import { hostMetric } from './host-metric.js';
import { convertFamilyText } from './host-text.js';
import { contentTypes, type TextFormat } from './text-format.js';

/** A prom-client registry in either of its modes. */
export type PromClientRegistry = Registry | Registry<OpenMetricsContentType>;

/** The host's own registry, with our families in it. */
export interface HostRegistry {
  /** Names that the host already used; our metrics of that name are not in the registry. */
  readonly skipped: readonly string[];
  /** Whether another metric has the name now, so that ours must not be written too. */
  isTaken(name: string): boolean;
  /** The text of the host's own metrics, in the order of registration. */
  text(format: TextFormat): Promise<string>;
  /** Removes our metrics again. */
  close(): void;
}

/** Called for each metric of the host that could not be collected. */
export type ReportHostFailure = (error: unknown) => void;

export function joinHostRegistry(
  registry: PromClientRegistry,
  families: readonly Family[],
  report: ReportHostFailure,
): HostRegistry {
  const ours = new Map<string, Metric>();
  const skipped: string[] = [];
  for (const family of families) {
    if (registry.getSingleMetric(family.name) === undefined) {
      const metric = hostMetric(family);
      registry.registerMetric(metric);
      ours.set(family.name, metric);
    } else {
      skipped.push(family.name);
    }
  }

  /** The names of the host's metrics in the registry; in OpenMetrics mode a counter itself has lost its `_total`. */
  const hostNames = (): string[] =>
    registry.getMetricsAsArray().flatMap(({ name }) => {
      const key = registry.getSingleMetric(name) === undefined ? `${name}_total` : name;
      const metric = registry.getSingleMetric(key);
      return metric === undefined || metric === ours.get(key) ? [] : [key];
    });

  const textOf = async (name: string, from: TextFormat, to: TextFormat): Promise<string> => {
    try {
      return convertFamilyText(await registry.getSingleMetricAsString(name), from, to);
    } catch (error) {
      // One failing metric of the host must not break the scrape.
      report(error);
      return '';
    }
  };

  return {
    skipped,
    isTaken(name) {
      const holder = registry.getSingleMetric(name);
      return holder !== undefined && holder !== ours.get(name);
    },
    async text(to) {
      const contentType: string = registry.contentType;
      const from = contentType === contentTypes.openmetrics ? 'openmetrics' : 'prometheus';
      const texts = await Promise.all(hostNames().map((name) => textOf(name, from, to)));
      return texts.join('');
    },
    close() {
      for (const [name, metric] of ours) {
        if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name);
      }
    },
  };
}
