import { join } from 'node:path';
import { Registry } from 'prom-client';
import t from 'tap';
import { Check } from 'typebox/value';
import { catalogue } from '../../src/config/catalogue.js';
import { checkValue } from '../../src/config/check.js';
import { resolveOptions } from '../../src/config/resolve.js';
import { optionsSchema } from '../../src/config/schema.js';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';

const host = {
  temporaryDirectory: '/tmp-of-test',
  workingDirectory: '/srv/app',
  mainScript: '/srv/app/server.js',
  userId: 7,
};

function problemsOf(input: unknown, env: NodeJS.ProcessEnv = {}): readonly ErrorDetail[] {
  try {
    resolveOptions(input, env, host);
  } catch (error) {
    if (error instanceof TidemarkError && error.code === 'TIDEMARK_ERR_CONFIG_INVALID')
      return error.details ?? [];
    throw error;
  }
  return [];
}

t.test('nothing given: the defaults that the contract names', async (t) => {
  const options = resolveOptions(undefined, {}, host);
  t.strictSame(options, resolveOptions({}, {}, host));
  t.match(options, {
    prefix: '',
    token: [],
    allowedHosts: [],
    responseHeaders: 'always',
    requests: { enabled: true, heapDelta: true, maxRoutes: 1000, exclude: [] },
    requestProfiling: { probability: 0.01 },
    metrics: { enabled: true, path: '/metrics', access: 'open', defaultMetrics: true },
    history: { enabled: true, intervalSeconds: 1 },
    verdict: { enabled: true, fillHorizonSeconds: 600, gcProbe: 'suspicion', gcProbeShare: 0.001 },
    profile: { enabled: true, samplingIntervalBytes: 524_288, stackDepth: 128, sourceMaps: true },
    snapshots: {
      enabled: true,
      writer: 'auto',
      allowRaw: false,
      onVerdict: false,
      atLimitRatio: 0,
      nearHeapLimit: 0,
    },
    health: { warningRatio: 0.7, criticalRatio: 0.9 },
    rateLimit: { max: 30, timeWindowSeconds: 60 },
    exports: { max: 10, timeWindowSeconds: 60 },
    cost: { pauseBudgetMsPerHour: 10_000, maxEventLoopUtilization: 0.95 },
  });
  for (const optional of ['listen', 'memoryLimitBytes', 'authorize']) t.notOk(optional in options, optional);
  t.notOk('registry' in options.metrics || 'redis' in options.rateLimit);
  t.ok(Check(optionsSchema, options), 'the result is of the type that the schema gives');
});

t.test('computed defaults follow the environment and the program', async (t) => {
  t.equal(resolveOptions({}, { NODE_ENV: 'production' }, host).responseHeaders, 'authorized');
  const { stateDirectory } = resolveOptions({}, {}, host);
  t.match(stateDirectory, /^\/tmp-of-test\/tidemark-7-[0-9a-f]{12}$/);
  const other = resolveOptions({}, {}, { ...host, mainScript: '/srv/app/worker.js' });
  t.not(other.stateDirectory, stateDirectory);
  const windows = resolveOptions({}, {}, { ...host, userId: undefined });
  t.match(windows.stateDirectory, /tidemark-user-/);
  const relative = resolveOptions({ stateDirectory: 'state' }, {}, host);
  t.equal(relative.stateDirectory, join(host.workingDirectory, 'state'));
  t.match(resolveOptions({}, {}).stateDirectory, /tidemark-/, 'of this process');
});

t.test('code beats the variable, the variable beats the default', async (t) => {
  const env = { TIDEMARK_HISTORY_INTERVAL_SECONDS: '5', TIDEMARK_PREFIX: '/env' };
  t.equal(resolveOptions({}, env, host).history.intervalSeconds, 5);
  t.equal(resolveOptions({ history: { intervalSeconds: 2 } }, env, host).history.intervalSeconds, 2);
  t.equal(resolveOptions({ history: { intervalSeconds: undefined } }, env, host).history.intervalSeconds, 5);
  t.equal(resolveOptions({ prefix: '' }, env, host).prefix, '', 'an empty string in code is a value');
  t.equal(
    problemsOf({ prefix: '/code' }, { TIDEMARK_PREFIX: 'bad' }).length,
    1,
    'a wrong variable is not hidden',
  );
});

t.test('the result is deeply frozen and independent of what was passed', async (t) => {
  const exclude = ['/a'];
  const registry = new Registry();
  const redis = { defineCommand: () => undefined };
  const options = resolveOptions(
    {
      token: 'read:0123456789abcdef',
      listen: ':0',
      requests: { exclude },
      metrics: { registry },
      rateLimit: { redis },
    },
    {},
    host,
  );
  exclude.push('/b');
  t.strictSame(options.requests.exclude, ['/a']);
  t.notOk(Object.isFrozen(exclude));
  for (const value of [options, options.token, options.token[0], options.listen, options.requests.exclude]) {
    t.ok(Object.isFrozen(value));
  }
  for (const value of Object.values(options)) t.ok(typeof value !== 'object' || Object.isFrozen(value));
  t.equal(options.metrics.registry, registry);
  t.equal(options.rateLimit.redis, redis);
  t.notOk(Object.isFrozen(registry) || Object.isFrozen(redis));
  t.not(
    resolveOptions({}, {}, host).metrics.durationBucketsSeconds,
    resolveOptions({}, {}, host).metrics.durationBucketsSeconds,
    'two installations share no array',
  );
});

const wrong: readonly [input: unknown, path: string, message: string][] = [
  [5, 'options', 'is a number; expected an object of options'],
  [null, 'options', 'is null; expected an object of options'],
  [{ history: [] }, 'history', 'is an array of 0 items; expected an object of options'],
  [{ history: new Map() }, 'history', 'is an object; expected an object of options'],
  [{ histroy: {} }, 'histroy', 'is not an option; did you mean "history"?'],
  [
    { verdict: { fillHorizon: 9 } },
    'verdict.fillHorizon',
    'is not an option; did you mean "verdict.fillHorizonSeconds"?',
  ],
  [{ intervalSeconds: 9 }, 'intervalSeconds', 'is not an option; did you mean "history.intervalSeconds"?'],
  [{ zzz: undefined }, 'zzz', 'is not an option'],
  [{ prefix: 'api' }, 'prefix', 'is "api"; expected empty, or a path such as "/api"'],
  [{ prefix: '/api/' }, 'prefix', 'is "/api/"; expected empty'],
  [{ prefix: `/${'a!'.repeat(99)}` }, 'prefix', '…"; expected empty'],
  [
    { history: { intervalSeconds: '5' } },
    'history.intervalSeconds',
    'is "5"; expected a number from 0.1 to 60',
  ],
  [{ history: { intervalSeconds: 0 } }, 'history.intervalSeconds', 'is 0; expected a number from 0.1 to 60'],
  [{ history: { intervalSeconds: Number.NaN } }, 'history.intervalSeconds', 'is NaN; expected a number'],
  [{ history: { enabled: 1 } }, 'history.enabled', 'is 1; expected true or false'],
  [{ requests: { maxRoutes: 1.5 } }, 'requests.maxRoutes', 'is 1.5; expected an integer from 1 to 100000'],
  [{ requests: { maxRoutes: 5n } }, 'requests.maxRoutes', 'is 5n; expected an integer'],
  [{ requests: { maxRoutes: null } }, 'requests.maxRoutes', 'is null; expected an integer'],
  [{ memoryLimitBytes: 1 }, 'memoryLimitBytes', 'is 1; expected an integer of at least 1048576'],
  [{ memoryLimitBytes: Infinity }, 'memoryLimitBytes', 'is Infinity; expected an integer'],
  [{ verdict: { gcProbeShare: 0 } }, 'verdict.gcProbeShare', 'is 0; expected a number above 0 and up to 0.5'],
  [
    { verdict: { gcProbe: 'on' } },
    'verdict.gcProbe',
    'is "on"; expected one of "off", "suspicion", "interval"',
  ],
  [{ requests: { exclude: '/a' } }, 'requests.exclude', 'is "/a"; expected a list of 0 to 200 items'],
  [{ requests: { exclude: ['/a', 'b'] } }, 'requests.exclude[1]', 'is "b"; expected a route pattern'],
  [{ allowedHosts: ['Example.org'] }, 'allowedHosts[0]', 'expected a lower-case host name, with a port'],
  [
    { allowedHosts: Array.from({ length: 201 }, () => 'a') },
    'allowedHosts',
    'is an array of 201 items; expected',
  ],
  [
    { metrics: { durationBucketsSeconds: [] } },
    'metrics.durationBucketsSeconds',
    'is an array of 0 items; expected',
  ],
  [
    { metrics: { durationBucketsSeconds: [1, 1] } },
    'metrics.durationBucketsSeconds',
    'is "1, 1"; expected strictly increasing bounds',
  ],
  [
    { metrics: { path: '/memory/stats' } },
    'metrics.path',
    'expected a metrics.path outside the diagnostic routes',
  ],
  [
    { metrics: { path: '/a/health' }, prefix: '/a' },
    'metrics.path',
    'outside the diagnostic routes /a/health',
  ],
  [{ metrics: { registry: {} } }, 'metrics.registry', 'is an object; expected a prom-client Registry'],
  [{ metrics: { registry: null } }, 'metrics.registry', 'is null; expected a prom-client Registry'],
  [{ rateLimit: { redis: 'redis:' } }, 'rateLimit.redis', 'expected an ioredis client'],
  [{ authorize: true }, 'authorize', 'is true; expected a function from request'],
  [{ stateDirectory: '' }, 'stateDirectory', 'is ""; expected a path'],
  [{ health: { criticalRatio: 0.6 } }, 'health.criticalRatio', 'criticalRatio 0.6, warningRatio 0.7'],
  [{ health: { warningRatio: 0.9 } }, 'health.warningRatio', 'to be greater than health.warningRatio'],
];

t.test('each sort of wrong option is named with its path, its value and what would be right', async (t) => {
  for (const [input, path, message] of wrong) {
    const problems = problemsOf(input);
    t.equal(problems.length, 1, `${path}: one problem`);
    t.equal(problems[0]?.path, path);
    t.ok(problems[0]?.message.includes(message), `${problems[0]?.message} includes ${message}`);
    t.type(problems[0]?.expected, 'string');
    t.ok(problems[0] !== undefined && 'value' in problems[0], 'with the offending value');
  }
});

t.test('one error lists all problems, of code, variables and relations', async (t) => {
  const input = { prefix: 'x', nope: 1, health: { warningRatio: 0.95 } };
  const env = { TIDEMARK_EXPORTS_MAX: 'many', TIDEMARK_NOPE: '1' };
  const paths = problemsOf(input, env).map(({ path }) => path);
  t.strictSame(paths.sort(), [
    'TIDEMARK_EXPORTS_MAX',
    'TIDEMARK_NOPE',
    'health.warningRatio',
    'nope',
    'prefix',
  ]);
  t.throws(() => resolveOptions(input, env, host), { message: /\n  - prefix: is "x"; expected/ });
});

t.test(
  'a relation blames what was set, by its variable, and stays silent about values already refused',
  async (t) => {
    t.equal(
      problemsOf({}, { TIDEMARK_HEALTH_WARNING_RATIO: '0.95' })[0]?.path,
      'TIDEMARK_HEALTH_WARNING_RATIO',
    );
    const problems = problemsOf({ health: { warningRatio: 0.95, criticalRatio: 2 } });
    t.strictSame(
      problems.map(({ path }) => path),
      ['health.criticalRatio'],
    );
    t.strictSame(
      problemsOf({ metrics: { path: '/memory', enabled: false } }),
      [],
      'off: nothing to clash with',
    );
  },
);

t.test('a key named __proto__ is an unknown option and changes nothing', async (t) => {
  const [problem] = problemsOf(JSON.parse('{"__proto__":{"prefix":"/x"}}'));
  t.equal(problem?.path, '__proto__');
});

t.test('the own check agrees with TypeBox on every plain option', async (t) => {
  const texts = ['', '/a', '/a/', 'a', 'A', 'always', 'open', 'off'];
  const numbers = [0, 1, 0.5, 2, -1, 65_536, 1e9, Number.NaN];
  const samples = [...texts, ...numbers, true, null, [], ['/a'], ['a'], [1, 2], [0], {}];
  const special = new Set(['token', 'listen']);
  const plain = catalogue.filter(({ path, schema }) => !special.has(path) && schema.instance === undefined);
  t.ok(plain.length > 30);
  for (const { path, schema } of plain) {
    for (const value of samples) {
      const isRight = checkValue(schema, value, path).length === 0;
      t.equal(isRight, Check(schema, value), `${path} ${JSON.stringify(value)}`);
    }
  }
});

t.test('raw snapshots by V8 itself need the switch for raw ones', async (t) => {
  t.match(problemsOf({ snapshots: { nearHeapLimit: 1 } }), [{ path: 'snapshots.nearHeapLimit' }]);
  const { snapshots } = resolveOptions({ snapshots: { nearHeapLimit: 1, allowRaw: true } }, {}, host);
  t.match(snapshots, { nearHeapLimit: 1, allowRaw: true });
});
