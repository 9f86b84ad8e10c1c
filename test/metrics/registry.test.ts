import { execFileSync } from 'node:child_process';
import { Registry } from 'prom-client';
import t from 'tap';
import { gcPauseBucketsSeconds } from '../../src/measure/gc-totals.js';
import { createMetrics } from '../../src/metrics/registry.js';
import type { MetricsSource } from '../../src/metrics/source.js';
import { VERDICT_NAMES, type Judgement } from '../../src/verdict/verdict.js';
import { defaultMetrics, histograms, ownMetrics } from '../docker/metric-names.js';
import {
  fullSample,
  fullSource,
  leaking,
  namesOf,
  runtime,
  scriptedRequests,
  scriptedSource,
  seriesOf,
} from '../helpers/metrics-source.js';
import { requiredTool } from '../helpers/required-tool.js';

const openMetrics = 'application/openmetrics-text;version=1.0.0';

/** The pauses of a process without any, in the format that writes whole bounds with this suffix. */
function emptyPauses(suffix: string): string {
  const bounds = gcPauseBucketsSeconds.map((bound) =>
    Number.isInteger(bound) ? `${bound}${suffix}` : `${bound}`,
  );
  return ['major', 'minor', 'incremental', 'weakcb']
    .flatMap((kind) => [
      ...[...bounds, '+Inf'].map((le) => `memory_gc_pause_seconds_bucket{le="${le}",kind="${kind}"} 0\n`),
      `memory_gc_pause_seconds_sum{kind="${kind}"} 0\nmemory_gc_pause_seconds_count{kind="${kind}"} 0\n`,
    ])
    .join('');
}

const stable: Judgement = {
  verdict: 'stable',
  confidence: 0.9,
  window: leaking.window,
  growth: { bytesPerSecond: { value: 0, low: -1, high: 1 } },
  ruledOut: [],
};

/** Everything of a source with these fields, as Prometheus text. */
function render(fields: Partial<MetricsSource> = {}): Promise<string> {
  return createMetrics(scriptedSource(fields), { defaultMetrics: true, runtime }).render();
}

t.test('both formats, to the letter', async (t) => {
  const requests = scriptedRequests([0.005, 1]);
  requests.request('GET', '/a/:id', { status: 200, durationMs: 5, deltaBytes: 300 });
  requests.request('GET', '/a/:id', { status: 204, durationMs: 1500, deltaBytes: 2 ** 30 });
  requests.settle();
  const metrics = createMetrics(
    scriptedSource({
      recorder: requests.recorder,
      latest: () => ({ at: 0, monotonicMs: 0, rssBytes: 1e21 }),
      failures: () => ({ cgroup: 1 }),
    }),
    { defaultMetrics: false },
  );
  const labels = 'method="GET",route="/a/:id"';
  const durationLabels = `${labels},status_class="2xx"`;
  const deltas = (suffix: string): string =>
    Array.from(
      { length: 11 },
      (_, i) =>
        `memory_request_heap_delta_bytes_bucket{le="${256 * 4 ** i}${suffix}",${labels}} ${i === 0 ? 0 : 1}\n`,
    ).join('');
  const pauseHelp = 'Pauses of the process for garbage collection, by kind; every collection is counted.';
  const expected = (total: string, suffix: string): string =>
    `# HELP memory_rss_bytes Resident memory of the process.
# TYPE memory_rss_bytes gauge
memory_rss_bytes 1e+21
# HELP memory_gc_pause_seconds ${pauseHelp}
# TYPE memory_gc_pause_seconds histogram
${emptyPauses(suffix)}# HELP memory_gc_reclaimed_bytes${total} Bytes that garbage collections freed.
# TYPE memory_gc_reclaimed_bytes${total} counter
memory_gc_reclaimed_bytes_total 0
# HELP memory_request_duration_seconds Time from request to the end of its response, by route pattern and class of status.
# TYPE memory_request_duration_seconds histogram
memory_request_duration_seconds_bucket{le="0.005",${durationLabels}} 1
memory_request_duration_seconds_bucket{le="1${suffix}",${durationLabels}} 1
memory_request_duration_seconds_bucket{le="+Inf",${durationLabels}} 2
memory_request_duration_seconds_sum{${durationLabels}} 1.505
memory_request_duration_seconds_count{${durationLabels}} 2
# HELP memory_request_heap_delta_bytes Growth of used heap during requests that ran alone, unspoiled by a GC; a growth of exactly a bound counts above it.
# TYPE memory_request_heap_delta_bytes histogram
${deltas(suffix)}memory_request_heap_delta_bytes_bucket{le="+Inf",${labels}} 2
memory_request_heap_delta_bytes_sum{${labels}} ${300 + 2 ** 30}
memory_request_heap_delta_bytes_count{${labels}} 2
# HELP tidemark_overhead_seconds${total} Time the serving thread spent on sampling and on pauses for diagnostics.
# TYPE tidemark_overhead_seconds${total} counter
tidemark_overhead_seconds_total 0.75
# HELP tidemark_self_bytes Bytes of the columns and rings that requests and samples are kept in.
# TYPE tidemark_self_bytes gauge
tidemark_self_bytes 4096
# HELP tidemark_series Series that Tidemark exposes, this one included.
# TYPE tidemark_series gauge
tidemark_series ${metrics.series()}
# HELP tidemark_pause_budget_remaining_seconds What is left of the time for which diagnostics may stop the serving thread within an hour.
# TYPE tidemark_pause_budget_remaining_seconds gauge
tidemark_pause_budget_remaining_seconds 2.5
# HELP tidemark_errors${total} Failures of Tidemark by part; what a failed part reads is absent.
# TYPE tidemark_errors${total} counter
tidemark_errors_total{part="cgroup"} 1
`;
  t.equal(await metrics.render(), expected('_total', ''));
  t.equal(await metrics.render(openMetrics), `${expected('', '.0')}# EOF\n`);
  t.equal(metrics.contentType(), Registry.PROMETHEUS_CONTENT_TYPE);
  t.equal(metrics.contentType(openMetrics), Registry.OPENMETRICS_CONTENT_TYPE);
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  t.equal(metrics.series(), lines.length);
  t.strictSame(metrics.skipped, []);
  metrics.close();
});

t.test('two scrapers see the same, and neither changes what the other sees', async (t) => {
  const metrics = createMetrics(fullSource(), { defaultMetrics: true, runtime });
  const [one, other] = await Promise.all([metrics.render(), metrics.render()]);
  t.equal(one, other);
  await metrics.render(openMetrics);
  t.equal(await metrics.render(), one);
});

t.test('a full source has every name of the contract that exists so far', async (t) => {
  const text = await createMetrics(fullSource(), { defaultMetrics: true, runtime }).render();
  const later = /^(memory_tracked_|subscriptions_|connections_|stream_processor_|cache_|exports_)/;
  const promised = ownMetrics.filter((name) => !later.test(name));
  const own = namesOf(text).filter((name) => /^(memory|tidemark)_/.test(name));
  t.strictSame(own.toSorted(), promised.toSorted());
  t.strictSame(
    [...text.matchAll(/^# TYPE ((?:memory|tidemark)\S+) histogram$/gm)].map(([, name]) => name).toSorted(),
    histograms.toSorted(),
  );
  for (const name of defaultMetrics) t.ok(namesOf(text).includes(name), name);

  const value = (name: string, labels = ''): number => Number(seriesOf(text, name)[labels]);
  t.equal(value('memory_heap_used_bytes'), 50_000_000);
  t.equal(value('memory_heap_percentage'), 25);
  t.equal(value('memory_limit_bytes', '{source="cgroup"}'), 200_000_000);
  t.equal(value('memory_heap_floor_bytes'), 30_000_000);
  t.equal(value('memory_external_bytes'), 3_000_000);
  t.equal(value('memory_growth_bytes_per_second'), 1000);
  t.equal(value('memory_exhaustion_seconds'), 170_000, '170 MB of room at 1 kB a second');
  t.equal(value('memory_gc_reclaimed_bytes_total'), 1400);
  t.equal(value('memory_route_retained_bytes_per_request', '{method="GET",route="/"}'), 700);
  t.strictSame(
    seriesOf(text, 'memory_leak_verdict'),
    Object.fromEntries(VERDICT_NAMES.map((name) => [`{verdict="${name}"}`, name === 'leaking' ? '1' : '0'])),
  );
});

t.test('what was not read is absent', async (t) => {
  const always = [
    'memory_gc_pause_seconds',
    'memory_gc_reclaimed_bytes_total',
    'process_start_time_seconds',
    'nodejs_version_info',
    'nodejs_gc_duration_seconds',
    'tidemark_overhead_seconds_total',
    'tidemark_self_bytes',
    'tidemark_series',
    'tidemark_pause_budget_remaining_seconds',
  ];
  t.strictSame(namesOf(await render()), always);

  const { limit: _, ...unlimited } = fullSample;
  const cases: [string, Partial<MetricsSource>][] = [
    ['there is no limit', { latest: () => unlimited, judgement: () => leaking }],
    [
      'no heap was read',
      { latest: () => ({ at: 0, monotonicMs: 0, limit: fullSample.limit! }), judgement: () => leaking },
    ],
    ['it is not the heap that grows', { judgement: () => ({ ...leaking, signal: 'external-floor' }) }],
    [
      'it may not grow',
      { judgement: () => ({ ...leaking, growth: { bytesPerSecond: { value: 1, low: -1, high: 3 } } }) },
    ],
    ['nothing is alleged', { judgement: () => stable }],
    ['there are no verdicts', {}],
  ];
  for (const [why, fields] of cases) {
    const text = await render({ latest: () => fullSample, ...fields });
    t.strictSame(seriesOf(text, 'memory_exhaustion_seconds'), {}, why);
  }
  const early = await render({
    judgement: () => ({ verdict: 'insufficient-data', missing: ['floors'], ruledOut: [] }),
  });
  t.strictSame(seriesOf(early, 'memory_growth_bytes_per_second'), {});
  t.equal(seriesOf(early, 'memory_leak_verdict')['{verdict="insufficient-data"}'], '1');

  const partial = await render({
    latest: () => ({
      ...fullSample,
      handles: { Timeout: 1, other: 4 },
      eventLoop: { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: NaN, delayMaxMs: 1, utilization: 0 },
    }),
  });
  t.strictSame(seriesOf(partial, 'nodejs_active_resources_total'), { '': '5' });
  for (const name of [
    'nodejs_active_handles_total',
    'nodejs_active_requests_total',
    'nodejs_eventloop_lag_seconds',
    'nodejs_eventloop_lag_min_seconds',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    t.notOk(namesOf(partial).includes(name), name);
  }
});

t.test('a heap with no room at all is infinitely full', async (t) => {
  const text = await render({ latest: () => ({ ...fullSample, limit: { bytes: 0, source: 'cgroup' } }) });
  t.strictSame(seriesOf(text, 'memory_heap_percentage'), { '': '+Inf' });
});

t.test('floor without a detected point comes from the heap itself', async (t) => {
  const source = scriptedSource({
    latest: () => fullSample,
    judgement: () => leaking,
    detector: { points: [] },
  });
  const text = await createMetrics(source, { defaultMetrics: false }).render();
  t.strictSame(seriesOf(text, 'memory_heap_floor_bytes'), {});
  t.strictSame(seriesOf(text, 'memory_exhaustion_seconds'), { '': '150000' });
});

const promtool = requiredTool('promtool');

t.test('promtool finds nothing to complain of', { skip: promtool.skip }, async (t) => {
  const text = await createMetrics(fullSource(), { defaultMetrics: true, runtime }).render();
  t.equal(execFileSync(promtool.path!, ['check', 'metrics'], { input: text, encoding: 'utf8' }), '');
});
