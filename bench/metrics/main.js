import { Registry } from 'prom-client';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { median, medianInterval } from '../lib/statistics.js';
import { table } from '../lib/table.js';
import { createMetrics } from '../../dist/src/metrics/registry.js';
import { fullSource, runtime, scriptedRequests } from '../../dist/test/helpers/metrics-source.js';

const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LIMIT = 1.5;
const WARM_UP_ROUNDS = 20;
const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';
const USAGE = `What a scrape costs the serving thread: the text written by Tidemark, beside the same series written by a prom-client
registry whose metrics read the same columns.

npm run bench:metrics -- [options]
  --routes N     routes with traffic (default 1000)
  --rounds N     rounds, each of one scrape by either (default 100)
  --write        put the table into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  { routes: { type: 'string' }, rounds: { type: 'string' }, write: { type: 'boolean' } },
  USAGE,
);
const routes = integerOption(values['routes'], { name: 'routes', least: 1, fallback: 1000, usage: USAGE });
const rounds = integerOption(values['rounds'], { name: 'rounds', least: 6, fallback: 100, usage: USAGE });

const requests = scriptedRequests(BOUNDS_SECONDS, routes + 1);
for (let route = 0; route < routes; route += 1) {
  for (let i = 0; i < 20; i += 1) {
    const status = i % 5 === 0 ? 404 : 200;
    const answer = { status, durationMs: 1.37 * (1 + ((route + 7 * i) % 400)), deltaBytes: 512 << (i % 9) };
    requests.request('GET', `/shop/${route}/orders/:id`, answer);
  }
}
requests.settle();

const source = { ...fullSource(), recorder: requests.recorder };
const registry = new Registry();
const metrics = createMetrics(source, { defaultMetrics: true, runtime, registry });

/** @type {Record<string, () => Promise<string>>} */
const writers = {
  'Tidemark, Prometheus text': () => metrics.render(),
  'Tidemark, OpenMetrics': () => metrics.render(OPENMETRICS),
  'prom-client registry, Prometheus text': () => registry.metrics(),
};

/** The series of a text in canonical order, of series and of labels. @param {string} text */
function seriesOf(text) {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(/\{(.*)\}/, (_, labels) => `{${String(labels).split(',').toSorted().join(',')}}`),
    )
    .toSorted()
    .join('\n');
}

const text = await metrics.render();
if (seriesOf(text) !== seriesOf(await registry.metrics())) throw new Error('The two texts differ');

const names = Object.keys(writers);
/** @type {Record<string, number[]>} */
const measured = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
  for (let i = 0; i < names.length; i += 1) {
    const name = names[(i + round) % names.length] ?? '';
    const startedMs = performance.now();
    // As bytes, because bytes are sent: a concatenated string is not yet flat.
    Buffer.from((await writers[name]?.()) ?? '');
    const ms = performance.now() - startedMs;
    if (round >= WARM_UP_ROUNDS) measured[name]?.push(ms);
  }
}

const ours = measured[names[0] ?? ''] ?? [];
/** @param {readonly number[]} figures @param {number} digits */
const interval = (figures, digits) => {
  const { low, high } = medianInterval(figures);
  return `${low.toFixed(digits)} … ${high.toFixed(digits)}`;
};
const ratiosOf = (/** @type {readonly number[]} */ figures) => figures.map((ms, i) => ms / (ours[i] ?? NaN));
const theirs = median(ratiosOf(measured[names[2] ?? ''] ?? []));
const report = [
  `${routes.toLocaleString('en')} routes, ${metrics.series().toLocaleString('en')} series, ${(text.length / 2 ** 20).toFixed(1)} MiB of text; ${rounds} rounds in one process; ${machineLine()}.`,
  '',
  table(
    ['', 'ms a scrape', 'interval', 'ratio', 'interval'],
    names.map((name) => {
      const figures = measured[name] ?? [];
      const ratios = ratiosOf(figures);
      return [
        name,
        median(figures).toFixed(1),
        interval(figures, 1),
        median(ratios).toFixed(2),
        interval(ratios, 2),
      ];
    }),
  ),
  '',
  `Medians; their intervals cover 95 %; ratios are taken within each round. Tidemark writes the text itself only while prom-client takes more than ${LIMIT} times as long: it takes ${theirs.toFixed(1)} times as long.`,
].join('\n');
console.log(report);
if (values['write'] === true) await writeSection('metrics', report);
