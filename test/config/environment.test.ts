import t from 'tap';
import { catalogue, variableName } from '../../src/config/catalogue.js';
import { otherVariables, readEnvironment } from '../../src/config/environment.js';
import { resolveOptions } from '../../src/config/resolve.js';
import { closest, editDistance } from '../../src/config/suggestion.js';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';

function problemsOf(env: NodeJS.ProcessEnv): readonly ErrorDetail[] {
  try {
    resolveOptions({}, env);
  } catch (error) {
    if (error instanceof TidemarkError) return error.details ?? [];
    throw error;
  }
  return [];
}

t.test('a variable is named by its path, and no two options share one', async (t) => {
  t.equal(variableName('verdict.fillHorizonSeconds'), 'TIDEMARK_VERDICT_FILL_HORIZON_SECONDS');
  t.equal(variableName('cost.pauseBudgetMsPerHour'), 'TIDEMARK_COST_PAUSE_BUDGET_MS_PER_HOUR');
  t.equal(variableName('listen'), 'TIDEMARK_LISTEN');
  const names = catalogue.map(({ path }) => variableName(path));
  t.equal(
    new Set([...names, ...Object.keys(otherVariables)]).size,
    names.length + Object.keys(otherVariables).length,
  );
  const codeOnly = catalogue.filter(({ variable }) => variable === undefined).map(({ path }) => path);
  t.strictSame(codeOnly, ['authorize', 'metrics.registry', 'rateLimit.redis']);
});

t.test('text is parsed by the type of the option', async (t) => {
  for (const [text, value] of [
    ['true', true],
    ['1', true],
    ['ON', true],
    ['false', false],
    ['0', false],
    [' off ', false],
  ] as const) {
    t.equal(resolveOptions({}, { TIDEMARK_HISTORY_ENABLED: text }).history.enabled, value, text);
  }
  for (const [text, value] of [
    ['5', 5],
    ['+0.5', 0.5],
    ['.5', 0.5],
    ['2e1', 20],
  ] as const) {
    t.equal(
      resolveOptions({}, { TIDEMARK_HISTORY_INTERVAL_SECONDS: text }).history.intervalSeconds,
      value,
      text,
    );
  }
  const options = resolveOptions(
    {},
    {
      TIDEMARK_VERDICT_GC_PROBE: 'interval',
      TIDEMARK_REQUESTS_EXCLUDE: '/a, GET /b/*',
      TIDEMARK_METRICS_DURATION_BUCKETS_SECONDS: '0.1,1',
      TIDEMARK_ALLOWED_HOSTS: 'my_app.example.org:8080',
      TIDEMARK_LISTEN: '[::1]:9400',
      TIDEMARK_TOKEN: 'read:0123456789abcdef, fedcba9876543210',
    },
  );
  t.equal(options.verdict.gcProbe, 'interval');
  t.strictSame(options.requests.exclude, ['/a', 'GET /b/*']);
  t.strictSame(options.metrics.durationBucketsSeconds, [0.1, 1]);
  t.strictSame(options.allowedHosts, ['my_app.example.org:8080']);
  t.strictSame(options.listen, { host: '::1', port: 9400 });
  t.strictSame(
    options.token.map(({ role, name }) => [role, name]),
    [
      ['read', 'read-1'],
      ['operate', 'operate-2'],
    ],
  );
});

t.test('an empty variable counts as unset, also one that is not known', async (t) => {
  const env = {
    TIDEMARK_TOKEN: '',
    TIDEMARK_HISTORY_INTERVAL_SECONDS: '  ',
    TIDEMARK_NOPE: '',
    PATH: '/bin',
  };
  t.strictSame(resolveOptions({}, env), resolveOptions({}, {}));
  t.equal(readEnvironment({ TIDEMARK_PREFIX: undefined }, catalogue).values.size, 0);
});

t.test('text of another form is refused under the name of the variable', async (t) => {
  for (const [variable, text, message] of [
    ['TIDEMARK_HISTORY_INTERVAL_SECONDS', '0x10', 'is "0x10"; expected a number from 0.1 to 60'],
    ['TIDEMARK_HISTORY_INTERVAL_SECONDS', '5s', 'is "5s"; expected a number'],
    ['TIDEMARK_HISTORY_INTERVAL_SECONDS', '1e999', 'is Infinity; expected a number'],
    ['TIDEMARK_REQUESTS_MAX_ROUTES', '1.5', 'is 1.5; expected an integer'],
    ['TIDEMARK_HISTORY_ENABLED', 'yes', 'is "yes"; expected true or false'],
    ['TIDEMARK_METRICS_ACCESS', 'Open', 'is "Open"; expected one of "open", "protected"'],
    ['TIDEMARK_LISTEN', 'localhost', 'is "localhost"; expected "host:port"'],
  ] as const) {
    t.match(problemsOf({ [variable]: text }), [{ path: variable }]);
    t.ok(problemsOf({ [variable]: text })[0]?.message.includes(message), message);
  }
  t.match(problemsOf({ TIDEMARK_REQUESTS_EXCLUDE: '/a,,/b' }), [
    { path: 'TIDEMARK_REQUESTS_EXCLUDE[1]', value: '' },
  ]);
});

t.test('an unknown variable is a problem, with the one that was meant, and without its value', async (t) => {
  const suggest = (name: string) => problemsOf({ [name]: 'hidden-value' })[0];
  t.match(suggest('TIDEMARK_TOKENS'), {
    message: /did you mean TIDEMARK_TOKEN\?/,
    expected: 'TIDEMARK_TOKEN',
  });
  t.match(suggest('TIDEMARK_FILL_HORIZON_SECONDS')?.message, /TIDEMARK_VERDICT_FILL_HORIZON_SECONDS/);
  t.match(suggest('TIDEMARK_SERVER_PROT')?.message, /TIDEMARK_SERVER_PORT/);
  t.equal(suggest('TIDEMARK_XYZZY_PLUGH')?.message, 'is not a variable of Tidemark');
  t.match(suggest('TIDEMARK_METRICS_REGISTRY')?.message, /"metrics.registry" can only be given in code/);
  t.notMatch(JSON.stringify(suggest('TIDEMARK_TOKENS')), /hidden/);
  t.strictSame(problemsOf({ TIDEMARK_SERVER_PORT: '1', TIDEMARK_REQUIRE_ALL: '1' }), []);
});

t.test('edit distance: hand-computed values', async (t) => {
  t.equal(editDistance('kitten', 'sitting'), 3);
  t.equal(editDistance('', 'abc'), 3);
  t.equal(editDistance('abc', ''), 3);
  t.equal(editDistance('same', 'same'), 0);
});

t.test('a suggestion is near, or the only one with that part, or there is none', async (t) => {
  t.equal(closest('metrcs', ['history', 'metrics']), 'metrics');
  t.equal(closest('fillHorizon', ['enabled', 'fillHorizonSeconds']), 'fillHorizonSeconds');
  t.equal(closest('enabled', ['historyEnabled', 'verdictEnabled']), undefined);
  t.equal(closest('ab', ['xyz', 'abcdef']), undefined);
  t.equal(closest('x'.repeat(1000), ['x']), undefined);
});
