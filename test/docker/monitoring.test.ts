import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { collectDefaultMetrics, Registry } from 'prom-client';
import t from 'tap';
import { parse } from 'yaml';
import { buildDashboard } from '../../scripts/dashboard/dashboard.js';
import { requiredTool } from '../helpers/required-tool.js';
import { defaultMetrics, metricsOf, sampleNames } from './metric-names.js';
import { dashboardExpressions, readRules } from './shipped.js';

const run = promisify(execFile);
const folder = 'docker/prometheus';
const ruleTests = readdirSync(`${folder}/tests`).map((name) => join(folder, 'tests', name));
const generator = new URL('../../scripts/generate-dashboard.js', import.meta.url).pathname;
const promtool = requiredTool('promtool');

interface AlertCase {
  readonly alertname: string;
  readonly exp_alerts?: readonly { readonly exp_labels: { readonly severity?: string } }[];
}
interface RuleTests {
  readonly tests: readonly { readonly alert_rule_test: readonly AlertCase[] }[];
}

t.test('metrics are found in an expression and labels, functions and words are not', async (t) => {
  t.strictSame(
    metricsOf('histogram_quantile(0.99, sum by (le, kind) (rate(a_bucket{b="c_d"}[5m]))) > 500e6'),
    ['a_bucket'],
  );
  t.strictSame(metricsOf('a < 3600 and ignoring (v) b{v=~"x|y"} == 1 unless on (job) up'), ['a', 'b', 'up']);
  t.strictSame(metricsOf('rate(a_total[$__rate_interval]) * 2 > +Inf'), ['a_total']);
});

t.test('rules and dashboard use only metrics that exist', async (t) => {
  const expressions = [...readRules().map((rule) => rule.expr), ...dashboardExpressions(buildDashboard())];
  t.ok(expressions.length > 30);
  for (const expr of expressions) {
    const names = metricsOf(expr);
    t.ok(names.length > 0, `${expr} names a metric`);
    t.strictSame(
      names.filter((name) => !sampleNames.has(name)),
      [],
      expr,
    );
  }
});

t.test('the default metrics that are used are prom-client’s', async (t) => {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const known = new Set((await register.getMetricsAsJSON()).map(({ name }) => name));
  t.strictSame(
    defaultMetrics.filter((name) => !known.has(name)),
    [],
  );
  register.clear();
});

t.test('every alert says how bad it is, what it means and what to run', async (t) => {
  for (const rule of readRules()) {
    t.match(rule.labels.severity, /^(warning|critical)$/, rule.alert);
    t.ok(rule.for, `${rule.alert} waits before it alarms`);
    t.match(rule.annotations, {
      summary: /\$labels\.instance/,
      description: /./,
      runbook: /^curl -s .*http:/,
    });
  }
});

t.test('every alert has a tested case that fires and one that does not', async (t) => {
  const cases = ruleTests.flatMap((path) => {
    const file: RuleTests = parse(readFileSync(path, 'utf8'));
    return file.tests.map((test) => test.alert_rule_test);
  });
  for (const { alert } of readRules()) {
    const own = cases.map((test) => test.filter(({ alertname }) => alertname === alert));
    const fires = ({ exp_alerts: alerts = [] }: AlertCase): boolean => alerts.length > 0;
    t.ok(
      own.some((test) => test.some(fires)),
      `${alert} fires in a case`,
    );
    t.ok(
      own.some((test) => test.length > 0 && !test.some(fires)),
      `${alert} is silent in a case of its own`,
    );
  }
});

t.test('Prometheus accepts configuration and rules', { skip: promtool.skip }, async (t) => {
  const tool = promtool.path ?? '';
  const config = await run(tool, ['check', 'config', `${folder}/prometheus.yml`]);
  t.match(config.stdout, /SUCCESS: 1 rule files? found/);
  const rules = await run(tool, ['check', 'rules', `${folder}/rules/tidemark.yml`]);
  t.match(rules.stdout, `SUCCESS: ${readRules().length} rules found`);
});

t.test('the rules fire when they should and only then', { skip: promtool.skip }, async (t) => {
  const { stdout, stderr } = await run(promtool.path ?? '', ['test', 'rules', ...ruleTests]);
  t.notMatch(stdout + stderr, /FAILED/);
  t.equal(stdout.match(/SUCCESS/g)?.length, ruleTests.length);
});

t.test('the committed dashboard is what the code generates', async (t) => {
  t.equal(
    readFileSync('docker/grafana/dashboards/tidemark.json', 'utf8'),
    `${JSON.stringify(buildDashboard(), null, 2)}\n`,
    'else run: node dist/scripts/generate-dashboard.js',
  );
});

t.test('the generator tells a stale dashboard from a fresh one', async (t) => {
  const out = join(t.testdir({ 'old.json': '{}\n' }), 'new.json');
  const old = join(out, '..', 'old.json');
  for (const path of [old, out]) {
    const failed = await run(process.execPath, [generator, '--check', '--out', path]).catch(
      (error: unknown) => error,
    );
    t.match(failed, { code: 1, stderr: /is stale; run: / });
  }
  t.equal(readFileSync(old, 'utf8'), '{}\n', 'checking changes nothing');
  execFileSync(process.execPath, [generator, '--out', out]);
  execFileSync(process.execPath, [generator, '--check', '--out', out]);
});

t.test('the panels lie on the grid, without overlap, each with an id and a query of its own', async (t) => {
  const { panels = [] } = buildDashboard();
  const taken = new Set<string>();
  const ids = new Set<number | undefined>();
  for (const panel of panels) {
    const { x = 0, y = 0, w = 0, h = 0 } = panel.gridPos ?? {};
    t.ok(x + w <= 24 && w > 0 && h > 0, `${panel.title} is on the grid`);
    for (let row = y; row < y + h; row += 1) {
      for (let column = x; column < x + w; column += 1) {
        const cell = `${column},${row}`;
        if (taken.has(cell)) t.fail(`${panel.title} overlaps at ${cell}`);
        taken.add(cell);
      }
    }
    ids.add(panel.id);
  }
  t.equal(ids.size, panels.length);
  t.match(panels[1], { title: 'Verdict' }, 'the first answer is the verdict');
});

interface Service {
  readonly image?: string;
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

t.test('the containers are pinned, bounded, checked and reachable from this machine only', async (t) => {
  const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
    readFileSync('docker/compose.yaml', 'utf8'),
  );
  t.strictSame(Object.keys(compose.services), ['app', 'prometheus', 'grafana']);
  for (const [name, service] of Object.entries(compose.services)) {
    if (service.image !== undefined)
      t.match(service.image, /:v?\d+\.\d+\.\d+$/, `${name} has an exact version`);
    t.match(service.mem_limit, /^\d+m$/, `${name} has a memory limit`);
    t.equal(service.healthcheck?.test[0], 'CMD', `${name} has a health check`);
    for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:/);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0] ?? '';
      const exists = source.startsWith('.')
        ? existsSync(join('docker', source))
        : Object.hasOwn(compose.volumes, source);
      t.ok(exists, `${source} of ${name} exists`);
    }
  }
});

t.test('the image of the demo keeps exactly the packages that the demo imports', async (t) => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  const dockerfile = readFileSync('docker/Dockerfile', 'utf8');
  const kept = dockerfile.match(/AS shop-packages\nRUN \S+ (.+)/)?.[1]?.split(' ') ?? [];
  const source = readdirSync('examples/shop')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('examples/shop', name), 'utf8'))
    .join('\n');
  const imported = [...source.matchAll(/from '((?!node:)(?:@[^/']+\/)?[^./'][^/']*)/g)].map(
    (match) => match[1] ?? '',
  );
  t.strictSame(
    kept.toSorted(),
    [...new Set(imported)].filter((name) => !Object.hasOwn(dependencies, name)).toSorted(),
  );
});
