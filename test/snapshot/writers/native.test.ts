import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';
import { loadNative, openPipe } from '../../../src/snapshot/writers/native.js';
import { selfTest } from '../../../src/snapshot/writers/self-test.js';
import { skipUnless } from '../../helpers/required-tool.js';
import { skipWithout, temporaryFolder } from './capture-tools.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const script = join(root, 'scripts', 'build-native.js');

/** What is installed of the package, as far as the build needs it. */
function installedPackage(folder: string): string {
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'native'));
  copyFileSync(script, join(folder, 'scripts', 'build-native.js'));
  copyFileSync(join(root, 'native', 'fork.c'), join(folder, 'native', 'fork.c'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  return folder;
}

/** Runs the install script of package.json as npm does, and returns what it says and leaves. */
function install(folder: string, env: NodeJS.ProcessEnv) {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: { install: string };
  };
  const run = spawnSync('/bin/sh', ['-c', scripts.install.replace(/^node/, process.execPath)], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  const marker = join(folder, 'native', 'build', 'status.json');
  return {
    exit: run.status,
    output: run.stdout + run.stderr,
    status: existsSync(marker)
      ? (JSON.parse(readFileSync(marker, 'utf8')) as Record<string, unknown>)
      : undefined,
    load: loadNative(pathToFileURL(join(folder, 'native', 'build/'))),
  };
}

const prefix = dirname(dirname(process.execPath));
const headers = skipUnless(
  existsSync(join(prefix, 'include', 'node', 'node_api.h')),
  `no headers in ${prefix}`,
);
const linux = skipUnless(process.platform === 'linux', 'Linux only');
const addon = loadNative();
const skip = skipWithout(addon);
const environment = { PATH: process.env['PATH'] };

t.test('with a compiler the installation builds it, without a word', { skip: skip || headers }, async (t) => {
  const done = install(installedPackage(temporaryFolder(t)), environment);
  t.match(done, { exit: 0, output: '', status: { built: true }, load: { loaded: true } });
});

t.test(
  'without a compiler the installation succeeds, says why in one line, and the reason stays',
  { skip: linux || headers },
  async (t) => {
    const done = install(installedPackage(temporaryFolder(t)), { PATH: '/no/such/folder' });
    t.match(done, {
      exit: 0,
      output:
        /^tidemark: a heap snapshot will stop the server; not built: no compiler \(none of cc, gcc, clang.*\)\n$/,
      status: { built: false, reason: 'not built: no compiler' },
      load: { loaded: false, reason: 'not built: no compiler' },
    });
  },
);

t.test(
  'a compiler that fails, and one whose work does not load, are reasons too',
  { skip: linux || headers },
  async (t) => {
    const folder = installedPackage(temporaryFolder(t));
    const compilers = temporaryFolder(t);
    const compiler = (text: string) => {
      for (const name of ['cc', 'gcc', 'clang']) {
        writeFileSync(join(compilers, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(compilers, name), 0o755);
      }
      return install(folder, { PATH: `${compilers}:/usr/bin:/bin` });
    };
    t.match(compiler('echo "fork.c:1: no such thing" >&2; exit 1'), {
      exit: 0,
      status: {
        built: false,
        reason: 'not built: compiler failed',
        detail: 'clang: fork.c:1: no such thing',
      },
    });
    t.match(compiler('while [ "$1" != -o ]; do shift; done; echo junk >"$2"'), {
      exit: 0,
      status: { built: false, reason: 'not built: does not load' },
      load: { loaded: false, reason: 'not built: does not load' },
    });
  },
);

t.test(
  'an installation without the script, or into a read-only folder, succeeds',
  { skip: linux || headers },
  async (t) => {
    const bare = temporaryFolder(t);
    copyFileSync(join(root, 'package.json'), join(bare, 'package.json'));
    t.match(install(bare, environment), {
      exit: 0,
      output: '',
      load: { loaded: false, reason: 'not built: install script did not run' },
    });
    const blocked = installedPackage(temporaryFolder(t));
    writeFileSync(join(blocked, 'native', 'build'), 'a file in the place of the folder');
    t.match(install(blocked, environment), { exit: 0, output: /not built: .*\n$/ });
  },
);

t.test(
  'what the installation left is doubted: marker and addon may be wrong',
  { skip: linux || headers },
  async (t) => {
    const folder = temporaryFolder(t);
    const at = pathToFileURL(`${folder}/`);
    writeFileSync(join(folder, 'status.json'), '{');
    t.match(loadNative(at), { loaded: false, reason: 'not built: marker unreadable' });
    writeFileSync(join(folder, 'status.json'), '{"built":true}');
    t.match(loadNative(at), { loaded: false, reason: 'not loadable' });
    writeFileSync(join(folder, 'fork.node'), 'no shared object');
    t.match(loadNative(at), {
      loaded: false,
      reason: 'not loadable',
      detail: /file too short|invalid ELF header/,
    });
  },
);

t.test('a pipe works, and is not inherited', { skip }, async (t) => {
  if (!addon.loaded) return;
  const { readEnd, writeEnd } = openPipe(addon.native);
  t.equal(writeSync(writeEnd, 'x'), 1);
  const list = spawnSync('ls', ['/proc/self/fd'], { encoding: 'utf8' });
  t.notOk(list.stdout.split('\n').includes(String(writeEnd)));
  closeSync(readEnd);
  closeSync(writeEnd);
});

t.test('wrong arguments are refused, and none of them reaches the kernel', { skip }, async (t) => {
  if (!addon.loaded) return;
  const { native } = addon;
  const wrong = native as unknown as Record<string, (...values: unknown[]) => unknown>;
  for (const [name, values] of [
    ['pipe', []],
    ['pipe', [new Int32Array(1)]],
    ['fork', [1]],
    ['fork', ['1', new Int32Array(4)]],
    ['fork', [-1, new Int32Array(4)]],
    ['fork', [1, new Float64Array(4)]],
    ['poll', [process.pid]],
    ['poll', [0, true]],
    ['poll', [-1, true]],
  ] as const) {
    t.throws(() => wrong[name]?.(...values), TypeError, `${name} ${String(values)}`);
  }
  t.equal(native.poll(process.ppid, false), -2, 'a process that is no child');
});

t.test('the self-test passes here, and tells a fork that does not work', { skip }, async (t) => {
  if (!addon.loaded) return;
  const passed = await selfTest(addon.path);
  t.match(passed, { passed: true, pauseMs: Number });
  t.match(await selfTest('/no/such/addon.node'), {
    passed: false,
    reason: 'self-test failed',
    detail: /no\/such\/addon/,
  });
  t.match(await selfTest(addon.path, AbortSignal.abort()), { passed: false, reason: 'self-test failed' });
});

t.test('a sandbox that refuses what the child needs is told as such', { skip }, async (t) => {
  if (!addon.loaded) return;
  const folder = temporaryFolder(t);
  cpSync(addon.path, join(folder, 'real.node'));
  // Filters of system calls cannot be set from here: the addon answers as it does under one.
  writeFileSync(
    join(folder, 'refusing.cjs'),
    `const real = require('./real.node');
module.exports = { ...real, fork(output, facts) { facts[0] = 5; return -1; } };`,
  );
  t.match(await selfTest(join(folder, 'refusing.cjs')), {
    passed: false,
    reason: 'refused',
    detail: 'fork: EPERM',
  });
  writeFileSync(
    join(folder, 'refused-child.cjs'),
    `const real = require('./real.node');
module.exports = { ...real, fork(output, facts) { const pid = real.fork(output, facts); if (pid === 0) real.exit(71); return pid; } };`,
  );
  t.match(await selfTest(join(folder, 'refused-child.cjs')), {
    passed: false,
    reason: 'refused',
    detail: 'in the child prctl was refused',
  });
  writeFileSync(
    join(folder, 'crashing.cjs'),
    `const real = require('./real.node');
module.exports = { ...real, fork() { process.abort(); } };`,
  );
  t.match(await selfTest(join(folder, 'crashing.cjs')), {
    passed: false,
    detail: 'the process ended with SIGABRT',
  });
});
