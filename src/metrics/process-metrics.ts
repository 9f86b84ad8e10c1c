import type { Sample } from '../measure/reading.js';
import { eventLoopMetrics } from './event-loop-metrics.js';
import { labelled, single, type Family } from './family.js';
import { usualGcMetric } from './gc-metrics.js';
import { labelsOf } from './labels.js';
import { resourceMetrics } from './resource-metrics.js';
import type { MetricsSource, Runtime } from './source.js';

/**
 * The Node and process metrics of prom-client 15 with its names, types and labels, so that dashboards made for it keep
 * working, but read from the newest sample: a scrape measures nothing and resets nothing, and every GC counts.
 *
 * Left out: `process_virtual_memory_bytes` and `process_heap_bytes`, which say little of a Node process and would cost
 * a parse of `/proc/self/status`; `nodejs_active_handles` and `nodejs_active_requests` by type, which need a private
 * function of Node (`nodejs_active_resources` has the same by type).
 */
export function processMetrics(source: MetricsSource, runtime: Runtime): Family[] {
  return [
    ...cpuMetrics(source),
    single(
      'process_start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      () => runtime.startTimeSeconds,
      { aggregator: 'omit' },
    ),
    single('process_resident_memory_bytes', 'Resident memory size in bytes.', () => source.latest().rssBytes),
    single('process_open_fds', 'Number of open file descriptors.', () => source.latest().descriptors?.open),
    single(
      'process_max_fds',
      'Maximum number of open file descriptors.',
      () => source.latest().descriptors?.limit,
    ),
    ...eventLoopMetrics(source),
    ...resourceMetrics(source),
    ...heapMetrics(source),
    versionMetric(runtime),
    usualGcMetric(source),
  ];
}

function cpuMetrics(source: MetricsSource): Family[] {
  const cpu = () => source.latest().cpu;
  const type = 'counter';
  return [
    single(
      'process_cpu_user_seconds_total',
      'Total user CPU time spent in seconds.',
      () => cpu()?.userSeconds,
      {
        type,
      },
    ),
    single(
      'process_cpu_system_seconds_total',
      'Total system CPU time spent in seconds.',
      () => cpu()?.systemSeconds,
      { type },
    ),
    single(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      () => {
        const reading = cpu();
        return reading && reading.userSeconds + reading.systemSeconds;
      },
      { type },
    ),
  ];
}

function heapMetrics(source: MetricsSource): Family[] {
  const heap = () => source.latest().heap;
  return [
    single(
      'nodejs_heap_size_total_bytes',
      'Process heap size from Node.js in bytes.',
      () => heap()?.committedBytes,
    ),
    single(
      'nodejs_heap_size_used_bytes',
      'Process heap size used from Node.js in bytes.',
      () => heap()?.usedBytes,
    ),
    single(
      'nodejs_external_memory_bytes',
      'Node.js external memory size in bytes.',
      () => heap()?.externalBytes,
    ),
    spaceMetric(source, 'total', 'committedBytes'),
    spaceMetric(source, 'used', 'usedBytes'),
    spaceMetric(source, 'available', 'availableBytes'),
  ];
}

type Space = NonNullable<Sample['heap']>['spaces'][number];

function spaceMetric(source: MetricsSource, size: string, field: Exclude<keyof Space, 'name'>): Family {
  return labelled(
    `nodejs_heap_space_size_${size}_bytes`,
    `Process heap space size ${size} from Node.js in bytes.`,
    () =>
      (source.latest().heap?.spaces ?? []).map((space) => [
        labelsOf({ space: space.name.replace(/_space$/, '') }),
        space[field],
      ]),
  );
}

function versionMetric({ version }: Runtime): Family {
  const [major = '', minor = '', patch = ''] = version.replace(/^v/, '').split('.');
  const labels = labelsOf({ version, major, minor, patch });
  return labelled('nodejs_version_info', 'Node.js version info.', () => [[labels, 1]], {
    aggregator: 'first',
  });
}
