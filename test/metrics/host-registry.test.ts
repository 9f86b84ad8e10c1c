import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type OpenMetricsContentType,
} from 'prom-client';
import t from 'tap';
import { createMetrics } from '../../src/metrics/registry.js';
import { convertFamilyText } from '../../src/metrics/host-text.js';
import { fullSample, runtime, scriptedRequests, scriptedSource } from '../helpers/metrics-source.js';

const openMetrics = 'application/openmetrics-text;version=1.0.0';

function hostRegistry(): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'shop' });
  const registers = [registry];
  new Counter({ name: 'orders_total', help: 'Orders.', labelNames: ['kind', 'trace'], registers }).inc(
    { kind: 'a # {b} "c"' },
    3,
  );
  new Counter({ name: 'visits', help: 'Visits.', registers }).inc(2);
  new Histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [1], registers }).observe(0.5);
  return registry;
}

function busySource() {
  const requests = scriptedRequests([0.005, 1]);
  requests.request('GET', '/a', { status: 200, durationMs: 5, deltaBytes: 300 });
  requests.request('PUT', '/b', { status: 404, durationMs: 7, deltaBytes: 500 });
  requests.settle();
  return scriptedSource({
    recorder: requests.recorder,
    latest: () => fullSample,
    failures: () => ({ cpu: 1 }),
  });
}

function sortLabels(_: string, labels: string): string {
  return `{${labels.split(',').toSorted().join(',')}}`;
}

/** The series of a text, whatever their order and that of their labels. */
function seriesIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/\{(.*)\}/, sortLabels))
    .toSorted();
}

t.test('the host reads the same from its own registry as from ours', async (t) => {
  const registry = new Registry();
  const metrics = createMetrics(busySource(), { registry, defaultMetrics: true, runtime });
  const ours = seriesIn(await metrics.render());
  t.strictSame(metrics.skipped, []);
  t.strictSame(seriesIn(await registry.metrics()), ours);
  t.equal(ours.length, metrics.series());
  registry.resetMetrics();
  t.strictSame(seriesIn(await registry.metrics()), ours, 'our counts are not reset with theirs');

  const json = await registry.getMetricsAsJSON();
  const values = json.flatMap((metric) => metric.values);
  t.equal(values.length, metrics.series());
  t.match(json.find(({ name }) => name === 'memory_request_duration_seconds')?.values[0], {
    metricName: 'memory_request_duration_seconds_bucket',
    labels: { le: 0.005, method: 'GET', route: '/a', status_class: '2xx' },
    value: 1,
  });
});

t.test("the host's metrics come with ours, in either format, under its default labels", async (t) => {
  const registry = hostRegistry();
  const alone = await registry.metrics();
  const metrics = createMetrics(scriptedSource(), { registry, defaultMetrics: false });
  const text = await metrics.render();
  t.ok(text.endsWith(alone.replaceAll('\n\n', '\n')));
  t.ok(text.startsWith('# HELP memory_gc_pause_seconds '));
  t.equal(text.match(/^# TYPE memory_gc_pause_seconds /gm)?.length, 1, 'ours are written once');

  t.ok(
    (await metrics.render(openMetrics)).endsWith(`# HELP orders Orders.
# TYPE orders counter
orders_total{kind="a # {b} \\"c\\"",app="shop"} 3
# HELP visits Visits.
# TYPE visits counter
visits_total{app="shop"} 2
# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1",app="shop"} 1
wait_seconds_bucket{le="+Inf",app="shop"} 1
wait_seconds_sum{app="shop"} 0.5
wait_seconds_count{app="shop"} 1
# EOF
`),
  );
  t.equal(await metrics.render(), text, 'asking for OpenMetrics has renamed nothing');
  metrics.close();
  t.equal(await registry.metrics(), alone, 'closing takes ours out again and leaves theirs');
});

t.test('a registry in OpenMetrics mode is served in either format', async (t) => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const counter = new Counter({
    name: 'orders_total',
    help: 'Orders.',
    labelNames: ['kind', 'trace'],
    enableExemplars: true,
    registers: [registry],
  });
  counter.inc({ labels: { kind: 'x } # {y' }, value: 4, exemplarLabels: { trace: 'abc' } });
  const metrics = createMetrics(scriptedSource(), { registry, defaultMetrics: false });
  const theirs =
    '# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{kind="x } # {y"} 4\n';
  const theirOpenMetrics =
    /# HELP orders Orders\.\n# TYPE orders counter\norders_total\{kind="x } # \{y"} 4 # \{trace="abc"} 4 \S+\n# EOF\n$/;
  t.ok((await metrics.render()).endsWith(theirs));
  t.match(await metrics.render(openMetrics), theirOpenMetrics);
  // This takes the `_total` off the names of all counters, ours too.
  const own = await registry.metrics();
  t.match(own, /^tidemark_overhead_seconds_total 0\.75$/m);
  t.match(own, /^# TYPE tidemark_overhead_seconds counter$/m);
  t.ok((await metrics.render()).endsWith(theirs));
  t.match(await metrics.render(openMetrics), theirOpenMetrics);
  metrics.close();
  t.equal(registry.getMetricsAsArray().length, 1);
});

t.test("names that are the host's already stay the host's", async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'memory_rss_bytes', help: 'Theirs.', registers: [registry] }).set(7);
  const before = registry.getMetricsAsArray().length;
  const source = busySource();
  const metrics = createMetrics(source, { registry, defaultMetrics: true, runtime });
  t.ok(metrics.skipped.includes('memory_rss_bytes'));
  t.ok(metrics.skipped.includes('nodejs_gc_duration_seconds'));
  t.notOk(metrics.skipped.includes('memory_heap_used_bytes'));
  const text = await metrics.render();
  t.match(text, '# HELP memory_rss_bytes Theirs.\n');
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  t.equal(new Set(names).size, names.length, 'no name is there twice');
  t.match(text, `\ntidemark_series ${metrics.series()}\n`);

  const second = createMetrics(source, { registry, defaultMetrics: true, runtime });
  t.equal(second.series(), 0, 'a second instance finds all names taken');
  second.close();
  t.match(await metrics.render(), 'memory_heap_used_bytes 50000000\n', 'and takes none of them away');
  metrics.close();
  t.equal(registry.getMetricsAsArray().length, before);
  registry.clear();
});

t.test('a name the host takes later, after clearing its registry, is written once', async (t) => {
  const registry = new Registry();
  const metrics = createMetrics(busySource(), { registry, defaultMetrics: false });
  registry.clear();
  t.match(await metrics.render(), /^memory_rss_bytes 90000000$/m, 'ours do not depend on the registry');
  new Gauge({ name: 'memory_rss_bytes', help: 'Theirs.', registers: [registry] }).set(7);
  const text = await metrics.render();
  t.strictSame(text.match(/^memory_rss_bytes .*$/gm), ['memory_rss_bytes 7']);
  metrics.close();
  t.equal(registry.getMetricsAsArray().length, 1);
});

t.test('a metric of the host that fails is reported and missing, the others are served', async (t) => {
  const registry = hostRegistry();
  const failure = new Error('pool is gone');
  const collect = () => {
    throw failure;
  };
  const gauge = new Gauge({ name: 'pool_size', help: 'Pool.', registers: [registry], collect });
  const reported: unknown[] = [];
  const reportHostFailure = (error: unknown) => reported.push(error);
  const metrics = createMetrics(scriptedSource(), { registry, defaultMetrics: false, reportHostFailure });
  const text = await metrics.render();
  t.strictSame(reported, [failure]);
  await t.rejects(gauge.get(), failure);
  t.match(text, /^visits\{app="shop"\} 2$/m);
  t.notMatch(text, 'pool_size');
  await t.resolves(createMetrics(scriptedSource(), { registry, defaultMetrics: false }).render());
});

t.test('what is no sample is left as it is', async (t) => {
  t.equal(convertFamilyText('odd', 'openmetrics', 'prometheus'), 'odd\n');
});
