import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const oxlint = path.join(root, 'node_modules', '.bin', 'oxlint');

/** Lints one line of code as if it stood in that folder of the repository, under the repository's own rules. */
function lint(folder: string, code: string): string {
  const probe = path.join(root, folder, `layer-probe-${process.pid}.ts`);
  mkdirSync(path.dirname(probe), { recursive: true });
  writeFileSync(probe, `${code}\n`);
  try {
    // The test runner slips its loader into the environment of every Node process; the linter cannot run under it.
    const clean = ['-i', `PATH=${process.env['PATH']}`, oxlint, '--format', 'unix', probe];
    const run = spawnSync('env', clean, { cwd: root, encoding: 'utf8' });
    return run.stdout;
  } finally {
    rmSync(probe);
  }
}

const forbidden: readonly (readonly [folder: string, code: string, why: string])[] = [
  ['src/verdict', "import { fastify } from 'fastify'; void fastify;", 'the core imports the framework'],
  ['src/cost', "import fp from 'fastify-plugin'; void fp;", 'the core imports a Fastify package'],
  ['src/measure', "import { x } from '../../plugins/fastify/access.js'; void x;", 'the core imports a plugin'],
  ['src/report', "import { x } from '../../routes/stats.js'; void x;", 'the core imports a route'],
  ['src/statistics', "import fs from 'node:fs'; void fs;", 'an estimator reads files'],
  [
    'src/statistics',
    "import { x } from '../measure/clock.js'; void x;",
    'an estimator imports another folder',
  ],
  ['src/heap', "import fs from 'node:fs'; void fs;", 'the heap engine reads files'],
  ['src/heap', "import { x } from '../measure/clock.js'; void x;", 'the heap engine imports another folder'],
  [
    'src/heap/passes',
    "import { x } from '../../statistics/median.js'; void x;",
    'a pass of the heap engine imports another folder',
  ],
  ['src/measure', "import { x } from '../verdict/judge.js'; void x;", 'measure imports upwards'],
  ['src/history', "import { x } from '../verdict/judge.js'; void x;", 'history imports upwards'],
  ['src/profile', "import { x } from '../verdict/judge.js'; void x;", 'profile imports upwards'],
  [
    'src/snapshot/writers',
    "import { x } from '../../heap/x.js'; void x;",
    'a writer of snapshots imports what reads them',
  ],
  ['src/verdict', "import { x } from '../report/text.js'; void x;", 'verdict imports upwards'],
  ['src/verdict', "import { x } from '../core.js'; void x;", 'a part imports the whole'],
  ['src/snapshot/store', "import { x } from '../../analysis/client.js'; void x;", 'snapshot imports upwards'],
  ['src/inspection', "import { x } from '../report/text.js'; void x;", 'inspection imports upwards'],
  [
    'routes',
    "import { toText } from '../src/report/text.js'; void toText;",
    'a route imports values of the core',
  ],
  ['routes', "import { x } from '../plugins/access.js'; void x;", 'a route imports a plugin'],
  ['routes', "import { x } from './stats.js'; void x;", 'a route imports another'],
  [
    'plugins',
    "import { x } from '../routes/stats.js'; void x;",
    'a plugin other than the root imports a route',
  ],
  ['examples', "import { x } from '../src/core.js'; void x;", 'an example imports a deep path'],
  ['docker/app', "import { x } from '../../src/runtime/core.js'; void x;", 'the server imports a deep path'],
];

const allowed: readonly (readonly [folder: string, code: string, why: string])[] = [
  ['src/verdict', "import { x } from '../statistics/theil-sen.js'; void x;", 'verdict imports downwards'],
  ['src/statistics', "import { x } from '../errors.js'; void x;", 'an estimator imports the errors'],
  ['src/heap/passes', "import { x } from '../../errors.js'; void x;", 'a pass imports the errors'],
  ['src/heap/passes', "import { x } from '../naming/namer.js'; void x;", 'a pass imports its own folder'],
  [
    'src/snapshot/writers',
    "import { x } from '../../measure/clock.js'; void x;",
    'a writer of snapshots imports what measures',
  ],
  [
    'routes',
    "import type { X } from '../src/core.js'; export type Y = X;",
    'a route imports types of the core',
  ],
  ['routes', "import { x } from './schemas/common.js'; void x;", 'a route imports schemas'],
  ['plugins', "import { x } from '../src/core.js'; void x;", 'a plugin imports the core'],
  [
    'docker/app',
    "import { x } from '../../plugins/tidemark.js'; void x;",
    'the server imports the package entry',
  ],
];

t.test('the lint rule forbids imports against the layers', async (t) => {
  for (const [folder, code, why] of forbidden) t.match(lint(folder, code), 'no-restricted-imports', why);
});

t.test('the lint rule lets imports along the layers pass', async (t) => {
  for (const [folder, code, why] of allowed) t.notMatch(lint(folder, code), 'no-restricted-imports', why);
});

t.test('the lint rule forbids circles', async (t) => {
  const other = path.join(root, 'src/measure', `layer-circle-${process.pid}.ts`);
  const probe = `layer-probe-${process.pid}.js`;
  writeFileSync(other, `import { a } from './${probe}';\nexport const b = a;\n`);
  try {
    const code = `import { b } from './layer-circle-${process.pid}.js';\nexport const a = b;`;
    t.match(lint('src/measure', code), 'no-cycle');
  } finally {
    rmSync(other);
  }
});
