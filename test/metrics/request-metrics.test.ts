import t from 'tap';
import { columnHistogram, mapToBounds } from '../../src/metrics/column-histogram.js';
import { NO_LABELS, withLabel } from '../../src/metrics/labels.js';
import { createMetrics } from '../../src/metrics/registry.js';
import { deltaBoundsBytes } from '../../src/metrics/request-metrics.js';
import { familyText } from '../../src/metrics/text-format.js';
import { createLogLayout } from '../../src/statistics/log-histogram.js';
import { scriptedRequests, scriptedSource, type ScriptedRequests } from '../helpers/metrics-source.js';

async function linesOf({ recorder }: ScriptedRequests, start: string): Promise<string[]> {
  const text = await createMetrics(scriptedSource({ recorder }), { defaultMetrics: false }).render();
  return text.split('\n').filter((line) => line.startsWith(start));
}

t.test('labels are the route pattern, escaped', async (t) => {
  const requests = scriptedRequests([1]);
  const answer = { status: 200, durationMs: 1, deltaBytes: 0 };
  requests.request('GET', '/a"b\\c\nd/:é', answer);
  t.strictSame(await linesOf(requests, 'memory_request_duration_seconds_count'), [
    String.raw`memory_request_duration_seconds_count{method="GET",route="/a\"b\\c\nd/:é",status_class="2xx"} 1`,
  ]);
});

t.test('only rows that have counts are written, and aborted requests have a class', async (t) => {
  const requests = scriptedRequests([1]);
  requests.recorder.addRoute('GET', '/never');
  const record = requests.recorder.begin(0);
  requests.request('GET', '/a', { status: 0, durationMs: 0, deltaBytes: 0 });
  requests.request('GET', '/a', { status: 503, durationMs: 0, deltaBytes: 0 });
  t.strictSame(await linesOf(requests, 'memory_request_duration_seconds_count'), [
    'memory_request_duration_seconds_count{method="GET",route="/a",status_class="5xx"} 1',
    'memory_request_duration_seconds_count{method="GET",route="/a",status_class="aborted"} 1',
  ]);
  t.strictSame(
    await linesOf(requests, 'memory_request_heap_delta_bytes_count'),
    [],
    'they overlapped another',
  );
  requests.recorder.end(record, 404);
  t.match(await linesOf(requests, 'memory_request_duration_seconds_count'), [
    'memory_request_duration_seconds_count{method="*",route="__unmatched__",status_class="4xx"} 1',
    /./,
    /./,
  ]);
});

t.test('durations are counted exactly, a bound included', async (t) => {
  const requests = scriptedRequests([0.005, 0.07, 0.1]);
  for (const durationMs of [4, 5, 5.1, 70, 99, 1000]) {
    requests.request('GET', '/', { status: 200, durationMs, deltaBytes: 0 });
  }
  const lines = await linesOf(requests, 'memory_request_duration_seconds_bucket');
  const counts = lines.map((line) => [/le="(.*?)"/.exec(line)?.[1], Number(line.split(' ').at(-1))]);
  t.strictSame(counts, [
    ['0.005', 2],
    ['0.07', 4],
    ['0.1', 5],
    ['+Inf', 6],
  ]);
});

t.test('deltas are counted under their bound, and one of exactly a bound above it', async (t) => {
  const requests = scriptedRequests([1]);
  const deltas = [0, 255, 256, 1000, 1023, 1024, 70_000, 2 ** 28 - 1, 2 ** 28, 2 ** 40];
  for (const deltaBytes of deltas) requests.request('GET', '/', { status: 200, durationMs: 1, deltaBytes });
  requests.settle();
  const counts = (await linesOf(requests, 'memory_request_heap_delta_bytes_bucket')).map((line) =>
    Number(line.slice(line.lastIndexOf(' '))),
  );
  const expected = deltaBoundsBytes.map((bound) => deltas.filter((delta) => delta < bound).length);
  t.strictSame(counts, [...expected, deltas.length]);
  const [sum] = await linesOf(requests, 'memory_request_heap_delta_bytes_sum');
  t.equal(
    Number(sum?.split(' ').at(-1)),
    deltas.reduce((a, b) => a + b),
  );
});

t.test('a bound inside a bucket is refused', async (t) => {
  const layout = createLogLayout({ min: 64, max: 4096, precision: 0.09 });
  t.throws(
    () => mapToBounds(layout, [128, 1025]),
    new RangeError('1025 is not an edge of the layout: 1024 to 1152'),
  );
});

t.test('routes beyond the table share one row', async (t) => {
  const requests = scriptedRequests([1], 2);
  for (const pattern of ['/1', '/2', '/3', '/4']) {
    requests.request('GET', pattern, { status: 200, durationMs: 1, deltaBytes: 0 });
  }
  const text = await linesOf(requests, 'memory_request_duration_seconds_count');
  t.match(text, [/route="__overflow__".* 2$/, /route="\/1"/, /route="\/2"/]);
  t.equal(text.length, 3);
});

t.test('suspects are found by the label of their row, strangers are left out', async (t) => {
  const requests = scriptedRequests([1]);
  for (const method of ['GET', 'PUT']) requests.recorder.addRoute(method, '/');
  const bytesPerRequest = { value: 5, low: 1, high: 9 };
  const routes = ['PUT /', '__unmatched__', 'GET /gone'].map((route) => ({ route, bytesPerRequest }));
  const source = scriptedSource({ recorder: requests.recorder, suspects: () => ({ routes }) });
  const text = await createMetrics(source, { defaultMetrics: false }).render();
  t.strictSame(text.match(/^memory_route_retained.*$/gm), [
    'memory_route_retained_bytes_per_request{method="*",route="__unmatched__"} 5',
    'memory_route_retained_bytes_per_request{method="PUT",route="/"} 5',
  ]);
});

t.test('a histogram without labels, and values without an end', async (t) => {
  const histogram = columnHistogram('x_seconds', 'X.', [1], (emit, cumulative) => {
    cumulative[0] = 2;
    emit(NO_LABELS, cumulative, 3, -Infinity);
  });
  t.equal(
    familyText(histogram, 'prometheus'),
    `# HELP x_seconds X.
# TYPE x_seconds histogram
x_seconds_bucket{le="1"} 2
x_seconds_bucket{le="+Inf"} 3
x_seconds_sum -Inf
x_seconds_count 3
`,
  );
  t.equal(withLabel(NO_LABELS, 'a', 'b').text, 'a="b"');
});
