import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import t from 'tap';
import { tidemark } from '../../plugins/tidemark.js';
import { buildDashboard } from '../../scripts/dashboard/dashboard.js';
import { dashboardExpressions, readRules } from '../docker/shipped.js';
import { requiredTool } from '../helpers/required-tool.js';
import { startPrometheus, type Prometheus } from './prometheus.js';

const prometheus = requiredTool('prometheus');
const promtool = requiredTool('promtool');

/** Scrapes, one a second, that make the minute that the test is about. */
const wantedScrapes = 61;

// A minute of scraping, and the start of two servers on a busy machine.
t.setTimeout(240_000);

async function startApp(stateDirectory: string): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(tidemark, { stateDirectory });
  app.get('/items', async () => Array.from({ length: 50 }, (_, id) => ({ id, name: `item ${id}` })));
  app.get('/items/:id', (request, reply) => reply.send(request.params));
  app.get('/broken', async () => {
    throw new Error('as planned');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

/** About forty requests a second, one after the other, until `signal` says stop. */
async function traffic(base: string, signal: AbortSignal): Promise<number> {
  const paths = ['/items', '/items/1', '/items/2', '/broken', '/nowhere'];
  let sent = 0;
  while (!signal.aborted) {
    const response = await fetch(base + paths[sent % paths.length]);
    await response.arrayBuffer();
    sent += 1;
    await delay(20);
  }
  return sent;
}

function configuration(target: string): string {
  return [
    'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 5s }',
    `rule_files: ['${resolve('docker/prometheus/rules')}/*.yml']`,
    'scrape_configs:',
    '  - job_name: tidemark',
    `    static_configs: [{ targets: ['${target}'] }]`,
    '',
  ].join('\n');
}

/** The newest value of an expression that has one series at most; NaN when it has none. */
async function number(server: Prometheus, expr: string): Promise<number> {
  const [sample] = await server.query(expr);
  return sample?.value ?? NaN;
}

/** Names of all samples that may only rise, from the types that the scraped text declared. */
async function risingNames(server: Prometheus): Promise<string[]> {
  const metadata = await server.api<Record<string, { type: string }[]>>('metadata');
  return Object.entries(metadata).flatMap(([name, [entry]]) => {
    // OpenMetrics, which Prometheus asks for, declares a counter without its suffix.
    if (entry?.type === 'counter') return [name.endsWith('_total') ? name : `${name}_total`];
    // Not _sum: what is observed may be negative, as a heap delta is.
    return entry?.type === 'histogram' ? [`${name}_bucket`, `${name}_count`] : [];
  });
}

t.test('a minute of Prometheus', { skip: prometheus.skip || promtool.skip }, async (t) => {
  const dir = t.testdir({});
  const app = await startApp(join(dir, 'state'));
  t.teardown(() => app.close());
  const base = app.listeningOrigin;
  const stopTraffic = new AbortController();
  const sent = traffic(base, stopTraffic.signal);
  t.teardown(() => stopTraffic.abort());

  const config = join(dir, 'prometheus.yml');
  writeFileSync(config, configuration(new URL(base).host));
  const server = await startPrometheus(prometheus.path ?? '', config, join(dir, 'data'));
  t.teardown(() => server.stop());

  while (!((await number(server, 'count_over_time(up[10m])')) >= wantedScrapes)) await delay(500);
  const exposition = await (await fetch(`${base}/metrics`)).text();
  stopTraffic.abort();
  t.ok((await sent) > 500, 'there was traffic all the while');

  await t.test('every scrape succeeded', async (t) => {
    t.equal(await number(server, 'min_over_time(up[10m])'), 1);
    t.ok((await number(server, 'max_over_time(scrape_duration_seconds[10m])')) < 1);
    t.ok(
      (await number(server, 'timestamp(up) - min_over_time(timestamp(up)[10m:1s])')) >= 58,
      'for a minute',
    );
  });

  await t.test('the series are whole', async (t) => {
    t.ok((await number(server, 'count_over_time(memory_heap_used_bytes[10m])')) >= 30);
    t.ok((await number(server, 'min_over_time(memory_heap_used_bytes[10m])')) > 1e6);
    const requests = await number(server, 'sum(memory_request_duration_seconds_count)');
    t.ok(requests > 500, `requests were counted: ${requests}`);
    const routes = await server.query('count by (route) (memory_request_duration_seconds_count)');
    t.match(routes.map(({ metric }) => metric['route']).toSorted(), ['/broken', '/items', '/items/:id']);
    t.equal(await number(server, 'sum(memory_leak_verdict)'), 1, 'one verdict holds');
  });

  await t.test('nothing that only rises ever fell', async (t) => {
    const names = await risingNames(server);
    t.ok(names.includes('memory_request_duration_seconds_bucket'), names.join(' '));
    t.ok(names.includes('process_cpu_seconds_total'), names.join(' '));
    for (const name of names) {
      t.ok((await number(server, `count(${name})`)) > 0, `${name} was scraped`);
      const fell = await server.query(`resets(${name}[10m]) > 0`);
      t.strictSame(
        fell.map(({ metric }) => metric),
        [],
        name,
      );
    }
  });

  await t.test('the shipped rules are loaded and evaluate', async (t) => {
    interface Rule {
      readonly name: string;
      readonly health: string;
      readonly lastError?: string;
      readonly state: string;
    }
    const { groups } = await server.api<{ groups: { rules: Rule[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    t.strictSame(
      rules.map(({ name }) => name).toSorted(),
      readRules()
        .map(({ alert }) => alert)
        .toSorted(),
    );
    for (const { name, health, lastError = '', state } of rules) {
      t.equal(health, 'ok', `${name} ${lastError}`);
      t.not(state, 'firing', `${name} has nothing to say of a healthy app`);
    }
  });

  await t.test('every query of the dashboard is one that Prometheus understands', async (t) => {
    const empty: string[] = [];
    for (const expr of dashboardExpressions(buildDashboard())) {
      const concrete = expr.replaceAll('$__rate_interval', '20s').replaceAll(/\$(job|instance)/g, '.+');
      const samples = await server.query(concrete);
      if (samples.length === 0) empty.push(concrete);
    }
    // These have a value only when something is wrong, or not enough is known yet.
    const mayBeEmpty = /exhaustion|growth_bytes|retained|errors_total|heap_floor|heap_delta|gc_/;
    t.strictSame(
      empty.filter((expr) => !mayBeEmpty.test(expr)),
      [],
      'and all that should have data have some',
    );
  });

  await t.test('promtool accepts what was scraped', async (t) => {
    const check = spawnSync(promtool.path ?? '', ['check', 'metrics'], {
      input: exposition,
      encoding: 'utf8',
    });
    t.equal(check.stdout + check.stderr, '');
    t.equal(check.status, 0);
  });

  t.strictSame(server.complaints(), [], 'Prometheus had nothing to complain about');
});
