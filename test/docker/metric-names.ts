/** Tidemark's own metrics: the names that the HTTP contract promises. */
export const ownMetrics: readonly string[] = [
  'memory_heap_used_bytes',
  'memory_heap_percentage',
  'memory_limit_bytes',
  'memory_heap_floor_bytes',
  'memory_external_bytes',
  'memory_rss_bytes',
  'memory_growth_bytes_per_second',
  'memory_exhaustion_seconds',
  'memory_leak_verdict',
  'memory_gc_pause_seconds',
  'memory_gc_reclaimed_bytes_total',
  'memory_request_heap_delta_bytes',
  'memory_request_duration_seconds',
  'memory_route_retained_bytes_per_request',
  'memory_tracked_instances',
  'subscriptions_active_count',
  'connections_pool_size',
  'connections_pool_in_use',
  'stream_processor_backpressure_active',
  'cache_entries',
  'cache_bytes',
  'cache_evictions_total',
  'exports_total',
  'exports_duration_seconds',
  'exports_memory_bytes',
  'tidemark_overhead_seconds_total',
  'tidemark_self_bytes',
  'tidemark_series',
  'tidemark_pause_budget_remaining_seconds',
  'tidemark_retention_windows_total',
  'tidemark_retention_hooks_seconds_total',
  'tidemark_errors_total',
];

/** Of the above, those that are histograms: their samples are named `_bucket`, `_sum` and `_count`. */
export const histograms: readonly string[] = [
  'memory_gc_pause_seconds',
  'memory_request_heap_delta_bytes',
  'memory_request_duration_seconds',
];

/** prom-client's default metrics that rules or dashboard may use. */
export const defaultMetrics: readonly string[] = [
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p90_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_total_bytes',
  'process_cpu_seconds_total',
];

/** What Prometheus itself adds to every target. */
const prometheusMetrics: readonly string[] = ['up'];

/** Every name under which a sample may be asked for. */
export const sampleNames: ReadonlySet<string> = new Set([
  ...ownMetrics.filter((name) => !histograms.includes(name)),
  ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ...defaultMetrics,
  ...prometheusMetrics,
]);

const labelLists = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const operators = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** The metrics that a PromQL expression names. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(labelLists, ' ');
  const names = [...bare.matchAll(/(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name);
  return [...new Set(names.filter((name) => !operators.has(name.toLowerCase())))];
}
