import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { course } from './panels.js';
import { of, quantile, rate } from './query.js';

/** The effect of memory on requests: pauses and a delayed event loop. */
export function pausePanels(): Builder<Panel>[] {
  return [
    course(
      {
        title: 'GC pauses by kind',
        description: 'The mean is exact, the 99th percentile as fine as the buckets of the histogram.',
        unit: 's',
        width: 8,
      },
      {
        expr: `${rate('memory_gc_pause_seconds_sum')} / ${rate('memory_gc_pause_seconds_count')}`,
        legend: 'mean {{kind}} {{instance}}',
      },
      { expr: quantile(0.99, 'memory_gc_pause_seconds', ['kind']), legend: 'p99 {{kind}} {{instance}}' },
    ),
    course(
      {
        title: 'Time in GC, and bytes reclaimed',
        description: 'Share of the time that collections take. High with a flat floor: an allocation storm.',
        unit: 'percentunit',
        width: 8,
      },
      { expr: rate('memory_gc_pause_seconds_sum'), legend: '{{kind}} {{instance}}' },
      { expr: rate('memory_gc_reclaimed_bytes_total'), legend: 'reclaimed {{instance}}' },
    ).overrideByRegexp('/^reclaimed/', [
      { id: 'unit', value: 'binBps' },
      { id: 'custom.axisPlacement', value: 'right' },
    ]),
    course(
      {
        title: 'Event-loop delay',
        description: 'How late timers fire. Every request waits at least this long.',
        unit: 's',
        width: 8,
      },
      { expr: of('nodejs_eventloop_lag_p50_seconds'), legend: 'p50 {{instance}}' },
      { expr: of('nodejs_eventloop_lag_p90_seconds'), legend: 'p90 {{instance}}' },
      { expr: of('nodejs_eventloop_lag_p99_seconds'), legend: 'p99 {{instance}}' },
    ),
  ];
}

/** What clients see. */
export function requestPanels(): Builder<Panel>[] {
  const byRoute = ['method', 'route'];
  return [
    course(
      {
        title: 'Request duration by route, 99th percentile',
        description: 'The ten slowest routes.',
        unit: 's',
        width: 8,
      },
      {
        expr: `topk(10, ${quantile(0.99, 'memory_request_duration_seconds', byRoute)})`,
        legend: '{{method}} {{route}}',
      },
    ),
    course(
      {
        title: 'Heap delta by route, median',
        description:
          'Of requests that ran alone and saw no collection: what one request allocates, kept or not.',
        unit: 'bytes',
        width: 8,
      },
      {
        expr: `topk(10, ${quantile(0.5, 'memory_request_heap_delta_bytes', byRoute)})`,
        legend: '{{method}} {{route}}',
      },
    ),
    course(
      { title: 'Requests', description: 'By class of status.', unit: 'reqps', width: 8 },
      {
        expr: `sum by (instance, status_class) (${rate('memory_request_duration_seconds_count')})`,
        legend: '{{status_class}} {{instance}}',
      },
    ),
  ];
}

/** What Tidemark itself costs. */
export function overheadPanels(): Builder<Panel>[] {
  return [
    course(
      {
        title: 'CPU that Tidemark takes',
        description: 'Share of one core.',
        unit: 'percentunit',
        width: 6,
      },
      { expr: rate('tidemark_overhead_seconds_total'), legend: '{{instance}}' },
    ),
    course(
      {
        title: 'Memory that Tidemark takes',
        description: 'Own buffers and tables.',
        unit: 'bytes',
        width: 6,
      },
      { expr: of('tidemark_self_bytes'), legend: '{{instance}}' },
    ),
    course(
      {
        title: 'Pause budget left, and series',
        description: 'Blocked time that probe collections and profile readings may still take this hour.',
        unit: 's',
        width: 6,
      },
      { expr: of('tidemark_pause_budget_remaining_seconds'), legend: 'budget {{instance}}' },
      { expr: of('tidemark_series'), legend: 'series {{instance}}' },
    ).overrideByRegexp('/^series/', [
      { id: 'unit', value: 'short' },
      { id: 'custom.axisPlacement', value: 'right' },
    ]),
    course(
      {
        title: 'Errors of Tidemark',
        description: 'A probe that fails leaves its field out; here it is counted.',
        unit: 'short',
        width: 6,
      },
      {
        expr: `increase(${of('tidemark_errors_total')}[$__rate_interval])`,
        legend: '{{part}} {{instance}}',
      },
    ),
  ];
}
