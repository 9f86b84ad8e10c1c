import type { Metric } from 'prom-client';
import type { Family } from './family.js';

type HostLabels = Readonly<Record<string, string | number>>;

interface HostValue {
  readonly metricName?: string;
  readonly labels: HostLabels;
  /** Labels that several values share: prom-client formats them once. */
  readonly sharedLabels?: HostLabels;
  readonly value: number;
}

interface HostReading {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly HostValue[];
}

/** What a prom-client registry calls on a metric, beyond its types. */
interface HostMetric {
  /** A registry in OpenMetrics mode removes its `_total`. */
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  get(): Promise<HostReading>;
  getForPromString(): Promise<HostReading>;
  /** For `registry.resetMetrics()`; our values are not the registry's to reset. */
  reset(): void;
}

/** A family as a metric that a prom-client registry can hold, collected whenever the registry is read. */
export function hostMetric(family: Family): Metric {
  const read = (values: readonly HostValue[]): HostReading => {
    const { name, help, type, aggregator } = metric;
    return { name, help, type, aggregator, values };
  };
  const metric: HostMetric = {
    name: family.name,
    help: family.help,
    type: family.type === 'unknown' ? 'gauge' : family.type,
    aggregator: family.aggregator,
    get: async () => read(valuesOf(family).map(withAllLabels)),
    getForPromString: async () => read(valuesOf(family)),
    reset: () => undefined,
  };
  // The registry only calls the methods above; its types also require those that write to a metric.
  return metric as unknown as Metric;
}

function withAllLabels({ labels, sharedLabels, ...value }: HostValue): HostValue {
  return { ...value, labels: { ...labels, ...sharedLabels } };
}

const none: HostLabels = {};
const infinite: HostLabels = { le: '+Inf' };

function valuesOf(family: Family): HostValue[] {
  const values: HostValue[] = [];
  if (family.type !== 'histogram') {
    family.collect((labels, value) => values.push({ labels: labels.values, value }));
    return values;
  }
  const bucketName = `${family.name}_bucket`;
  const bounds = family.bounds.map((le): HostLabels => ({ le }));
  family.collect((labels, cumulative, count, sum) => {
    const sharedLabels = labels.values;
    for (const [i, bound] of bounds.entries()) {
      values.push({ metricName: bucketName, labels: bound, sharedLabels, value: cumulative[i]! });
    }
    values.push(
      { metricName: bucketName, labels: infinite, sharedLabels, value: count },
      { metricName: `${family.name}_sum`, labels: none, sharedLabels, value: sum },
      { metricName: `${family.name}_count`, labels: none, sharedLabels, value: count },
    );
  });
  return values;
}
