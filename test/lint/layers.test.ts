import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const oxlint = path.join(root, 'node_modules', '.bin', 'oxlint');

/** Lints files of a tree of their own under the repository's rules, and returns what is said of each. */
function lint(t: Test, files: Readonly<Record<string, string>>): (file: string) => string {
  // Not t.testdir(): the linter leaves out what the repository's .gitignore names.
  const tree = mkdtempSync(path.join(os.tmpdir(), 'tidemark-layers-'));
  t.teardown(() => rmSync(tree, { recursive: true }));
  for (const needed of ['.oxlintrc.json', 'scripts/lint']) {
    cpSync(path.join(root, needed), path.join(tree, needed), { recursive: true });
  }
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), `${code}\n`);
  }
  // The test runner slips its loader into the environment of every Node process; the linter cannot run under it.
  const clean = ['-i', `PATH=${process.env['PATH']}`, oxlint, '--format', 'unix'];
  const { stdout, stderr } = spawnSync('env', clean, { cwd: tree, encoding: 'utf8' });
  if (!stdout.includes('problem')) throw new Error(`The linter said nothing: ${stdout}${stderr}`);
  return (file) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith(`${file}:`))
      .join('\n');
}

const value = (module: string): string => `import { x } from '${module}'; void x;`;
const type = (module: string): string => `import type { X } from '${module}'; export type Y = X;`;

const forbidden: readonly (readonly [folder: string, code: string, why: string])[] = [
  ['src/verdict', value('fastify'), 'the core imports the framework'],
  ['src/cost', value('fastify-plugin'), 'the core imports a Fastify package'],
  ['src/access', type('@fastify/rate-limit'), 'the core imports types of a Fastify package'],
  ['src/measure', value('../../plugins/fastify/access.js'), 'the core imports a plugin'],
  ['src/runtime', value('../../routes/stats.js'), 'the core imports a route'],
  ['src/base', value('../measure/sampler.js'), 'the ground imports what stands on it'],
  ['src/statistics', value('node:fs'), 'an estimator reads files'],
  ['src/statistics', value('../measure/sampler.js'), 'an estimator imports another folder'],
  ['src/statistics', value('../config/options.js'), 'an estimator imports options'],
  ['src/heap', value('node:fs'), 'the heap engine reads files'],
  ['src/heap', value('../measure/sampler.js'), 'the heap engine imports another folder'],
  [
    'src/heap/passes',
    value('../../statistics/quantile.js'),
    'a pass of the heap engine imports another folder',
  ],
  ['src/measure', value('../verdict/judge.js'), 'measure imports upwards'],
  ['src/measure', 'void import("../verdict/judge.js");', 'measure imports upwards when it runs'],
  ['src/measure', "export { x } from '../verdict/judge.js';", 'measure exports what stands above it'],
  [
    'src/measure',
    "export type X = import('../verdict/judge.js').X;",
    'measure names a type that stands above it',
  ],
  ['src/history', value('../verdict/judge.js'), 'history imports upwards'],
  ['src/requests', value('../profile/frames.js'), 'recording imports the profile'],
  ['src/profile', value('../verdict/judge.js'), 'profile imports upwards'],
  ['src/verdict', value('../answers/common.js'), 'verdict imports upwards'],
  ['src/verdict', type('../runtime/core.js'), 'a part takes the whole, by type'],
  ['src/answers/verdict', type('../../runtime/core.js'), 'an answer takes the whole, by type'],
  ['src/answers/stats', value('node:fs'), 'an answer reads files'],
  ['src/answers/stats', value('../../../routes/schemas/media.js'), 'an answer imports a route'],
  ['src/answers/analysis', value('../../heap/strings.js'), 'an answer loads the parser of snapshots'],
  ['src/snapshot/writers', value('../../heap/graph.js'), 'a writer of snapshots imports what reads them'],
  ['src/snapshot/store', value('../analysis/client.js'), 'the store imports upwards'],
  ['src/snapshot/redaction', value('../../heap/graph.js'), 'redaction imports the graph'],
  ['src/snapshot/service', value('../../heap/analysis.js'), 'the service loads the parser of snapshots'],
  ['src/snapshot/service', value('../../answers/common.js'), 'the service imports upwards'],
  ['src/metrics', type('../runtime/core.js'), 'metrics take the whole, by type'],
  ['src/elsewhere', value('../base/errors.js'), 'a folder is in no list'],
  ['routes', value('../src/cost/admission.js'), 'a route imports values of the core'],
  ['routes', value('../plugins/fastify/access.js'), 'a route imports a plugin'],
  ['routes', value('./stats.js'), 'a route imports another'],
  ['plugins', value('../routes/stats.js'), 'a plugin other than the root imports a route'],
  ['plugins/fastify', value('../../routes/stats.js'), 'a part of the Fastify plugin imports a route'],
  ['examples', value('../src/runtime/core.js'), 'an example imports a deep path'],
  ['docker/app', value('../../src/runtime/core.js'), 'the server imports a deep path'],
  ['bench/verdict', value('../../plugins/fastify/access.js'), 'the corpus imports a deep path'],
];

const allowed: readonly (readonly [folder: string, code: string, why: string])[] = [
  ['src/verdict', value('../statistics/theil-sen.js'), 'verdict imports downwards'],
  ['src/statistics', value('../base/errors.js'), 'an estimator imports the ground'],
  ['src/heap/passes', value('../../base/errors.js'), 'a pass imports the ground'],
  ['src/heap/passes', value('../naming/namer.js'), 'a pass imports its own folder'],
  ['src/profile', value('../requests/route-frame.js'), 'the profile imports what is recorded'],
  ['src/snapshot/writers', value('../../measure/collect.js'), 'a writer of snapshots imports what measures'],
  ['src/snapshot/redaction', value('../../heap/format/plain-numbers.js'), 'redaction reads the format'],
  ['src/snapshot/analysis', value('../../heap/analysis.js'), 'the analysis imports the heap engine'],
  ['src/snapshot/service', type('../../heap/summary/summary.js'), 'the service imports types of a summary'],
  ['src/answers/verdict', value('../report/growth.js'), 'an answer imports another'],
  ['src/answers/verdict', value('../../verdict/verdict.js'), 'an answer imports downwards'],
  ['src/cli', value('../heap/analysis.js'), 'the command line imports the heap engine'],
  ['routes', type('../src/runtime/tidemark.js'), 'a route imports types of the core'],
  ['routes', value('../src/answers/stats/schema.js'), 'a route imports the schema of an answer'],
  ['routes', value('./schemas/media.js'), 'a route imports schemas'],
  ['plugins/fastify', value('../../src/runtime/core.js'), 'a plugin imports the core'],
  ['docker/app', value('../../plugins/tidemark.js'), 'the server imports the package entry'],
  ['bench/verdict', value('../../src/verdict/judge.js'), 'the corpus replays with the judge'],
];

/** A file a case, so that the linter starts once. */
const probes = (cases: typeof forbidden): Record<string, string> =>
  Object.fromEntries(cases.map(([folder, code], i) => [`${folder}/probe-${i}.ts`, code]));

t.test('the lint rule forbids imports against the layers', async (t) => {
  const said = lint(t, probes(forbidden));
  for (const [i, [folder, , why]] of forbidden.entries()) {
    t.match(said(`${folder}/probe-${i}.ts`), 'house(layers)', why);
  }
});

t.test('the lint rule lets imports along the layers pass', async (t) => {
  // One that is refused shows that the others were looked at.
  const said = lint(t, {
    ...probes(allowed),
    'src/measure/refused.ts': value('../verdict/judge.js'),
  });
  t.match(said('src/measure/refused.ts'), 'house(layers)');
  for (const [i, [folder, , why]] of allowed.entries()) {
    t.notMatch(said(`${folder}/probe-${i}.ts`), 'house(layers)', why);
  }
});

t.test('the lint rule lets the composition root import routes', async (t) => {
  const code = value('../routes/stats.js');
  const said = lint(t, { 'plugins/tidemark.ts': code, 'plugins/express.ts': code });
  t.match(said('plugins/express.ts'), 'house(layers)');
  t.equal(said('plugins/tidemark.ts'), '');
});

t.test('the lint rule forbids circles', async (t) => {
  const said = lint(t, {
    'src/measure/a.ts': "import { b } from './b.js';\nexport const a = b;",
    'src/measure/b.ts': "import { a } from './a.js';\nexport const b = a;",
  });
  t.match(said('src/measure/a.ts'), 'no-cycle');
});
