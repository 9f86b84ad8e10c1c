import { Registry, collectDefaultMetrics } from 'prom-client';
import t from 'tap';
import { createMetrics } from '../../src/metrics/registry.js';
import { fullSource, runtime, scriptedSource, seriesOf } from '../helpers/metrics-source.js';

t.test('the usual metrics are those of prom-client, and every GC is counted', async (t) => {
  const theirs = new Registry();
  collectDefaultMetrics({ register: theirs });
  const ours = new Registry();
  const metrics = createMetrics(fullSource(), { defaultMetrics: true, runtime, registry: ours });
  const usual = (await ours.getMetricsAsJSON()).filter(({ name }) => /^(process|nodejs)_/.test(name));
  const facts = ({ name, type, aggregator }: (typeof usual)[number]) => ({ name, type, aggregator });
  const leftOut = new Set([
    'process_virtual_memory_bytes',
    'process_heap_bytes',
    'nodejs_active_handles',
    'nodejs_active_requests',
  ]);
  const expected = (await theirs.getMetricsAsJSON()).filter(({ name }) => !leftOut.has(name));
  t.strictSame(usual.map(facts), expected.map(facts));
  // A process between two GCs, or with no request in flight, has no such series of theirs to compare.
  for (const { name, values } of expected) {
    const labels = usual.find((metric) => metric.name === name)?.values[0]?.labels;
    if (values[0] !== undefined) t.strictSame(Object.keys(labels ?? {}), Object.keys(values[0].labels), name);
  }

  const text = await metrics.render();
  t.strictSame(seriesOf(text, 'nodejs_version_info'), {
    '{version="v20.20.2",major="20",minor="20",patch="2"}': '1',
  });
  t.strictSame(seriesOf(text, 'nodejs_heap_space_size_available_bytes'), {
    '{space="old"}': '10',
    '{space="new_large_object"}': '16',
  });
  t.strictSame(seriesOf(text, 'nodejs_gc_duration_seconds_count'), {
    '{kind="major"}': '1',
    '{kind="minor"}': '2',
    '{kind="incremental"}': '0',
    '{kind="weakcb"}': '0',
  });
  const buckets = seriesOf(text, 'nodejs_gc_duration_seconds_bucket');
  t.strictSame(
    ['0.001', '0.01', '0.1', '1', '2', '5', '+Inf'].map((le) => buckets[`{le="${le}",kind="minor"}`]),
    ['0', '1', '2', '2', '2', '2', '2'],
  );
  const value = (name: string): number => Number(seriesOf(text, name)['']);
  t.equal(value('process_cpu_seconds_total'), 2.5);
  t.equal(value('process_start_time_seconds'), 1_700_000_000);
  t.equal(value('nodejs_eventloop_lag_seconds'), 0.001, 'without the period of the timer');
  t.equal(value('nodejs_eventloop_lag_p90_seconds'), 0.03);
  t.equal(value('nodejs_active_resources_total'), 7);
  t.equal(value('nodejs_active_handles_total'), 3);
  t.equal(value('nodejs_active_requests_total'), 2);
  theirs.clear();
});

t.test('the start of the process is read when it is not given', async (t) => {
  const before = Math.round(Date.now() / 1000 - process.uptime());
  const text = await createMetrics(scriptedSource(), { defaultMetrics: true }).render();
  t.ok(Math.abs(Number(seriesOf(text, 'process_start_time_seconds')['']) - before) <= 1);
  t.match(text, `version="${process.version}"`);
});
