import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { COMMAND, generateConfig } from '../../scripts/generate-config.js';
import { catalogue } from '../../src/config/catalogue.js';
import { environmentExample, optionsPage, optionsTable } from '../../scripts/options/documentation.js';
import { otherVariables } from '../../src/config/environment.js';
import { resolveOptions } from '../../src/config/resolve.js';

const script = fileURLToPath(new URL('../../scripts/generate-config.js', import.meta.url));
const variables = new Set([
  ...catalogue.flatMap(({ variable }) => variable ?? []),
  ...Object.keys(otherVariables),
]);

t.test('every option has a description, and a default or a reason for having none', async (t) => {
  for (const { path, schema } of catalogue) {
    t.ok((schema.description ?? '').length > 10, `${path} is described`);
    const isOptional = [
      'listen',
      'memoryLimitBytes',
      'authorize',
      'metrics.registry',
      'snapshots.directory',
      'rateLimit.redis',
    ].includes(path);
    t.equal(schema.default === undefined && schema.computedDefault === undefined, isOptional, path);
  }
});

t.test('the table has every option and every variable, and nothing else', async (t) => {
  const rows = optionsTable().split('\n').slice(2);
  t.strictSame(
    rows.map((row) => /^\| `([^`]+)`/.exec(row)?.[1]),
    catalogue.map(({ path }) => path),
  );
  for (const [index, { variable }] of catalogue.entries()) {
    const cell = rows[index]?.split('|')[2]?.trim();
    t.equal(cell, variable === undefined ? 'code only' : `\`${variable}\``);
  }
  t.equal(new Set(rows.map((row) => row.length)).size, 1, 'the columns are aligned');
});

t.test('the page and the example name every variable, and only known ones', async (t) => {
  for (const text of [optionsPage(COMMAND), environmentExample(COMMAND)]) {
    const named = new Set(text.match(/TIDEMARK_(?!ERR_)[A-Z_]+/g));
    t.strictSame([...named].sort(), [...variables].sort());
    t.ok(text.includes(COMMAND), 'and the command that renews it');
  }
});

t.test('the example with every line switched on changes nothing', async (t) => {
  const lines = [...environmentExample(COMMAND).matchAll(/^#(TIDEMARK_\w+)=(.*)$/gm)];
  const env = Object.fromEntries(lines.map(([, name, value]) => [name ?? '', value]));
  t.equal(lines.length, variables.size);
  t.strictSame(resolveOptions({}, env), resolveOptions({}, {}));
});

t.test('markup in a text does not break the table', async (t) => {
  const schema = { type: 'string', default: 'a|b', expectation: 'a | <b> *', description: '`x*|`' };
  const table = optionsTable([{ path: 'p', group: undefined, key: 'p', variable: undefined, schema }]);
  t.match(table, /^\| `p` +\| code only \| `a\\\|b` +\| a \\\| \\<b> \\\* +\| `x\*\\\|` +\|$/m);
});

t.test('the script writes what is stale, once', async (t) => {
  const root = t.testdir({});
  t.strictSame(await generateConfig(root, true), ['.env.example', 'docs/options.md']);
  await t.rejects(readFile(join(root, '.env.example')), { code: 'ENOENT' }, 'a check writes nothing');
  await generateConfig(root, false);
  t.strictSame(await generateConfig(root, false), []);
  t.match(await readFile(join(root, 'docs/options.md'), 'utf8'), '`verdict.fillHorizonSeconds`');
  const unreadable = t.testdir({ '.env.example': {} });
  await t.rejects(generateConfig(unreadable, true), { code: 'EISDIR' });
});

t.test('the command line: --check fails with the names of stale files and the command', async (t) => {
  const root = t.testdir({});
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, root, ...args]);
  await t.rejects(run('--check'), {
    code: 1,
    stderr: `Not up to date: .env.example, docs/options.md. Run \`${COMMAND}\` and commit the result.\n`,
  });
  t.match(await run(), { stdout: 'Wrote .env.example, docs/options.md.\n' });
  t.match(await run(), { stdout: 'Everything was up to date.\n' });
  await t.resolves(run('--check'));
  await t.rejects(run('--chekc'), { code: 1 }, 'a mistyped flag is not taken for a wish to write');
});
