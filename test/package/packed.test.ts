import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
/** What an application that installs the package has beside it; no registry is asked. */
const BESIDE = [
  'fastify',
  'fastify-plugin',
  '@fastify/rate-limit',
  'pprof-format',
  'prom-client',
  'typebox',
  '@types/node',
];

const files = {
  'package.json': '{ "type": "module" }',
  'server.js': `
    import Fastify from 'fastify';
    import tidemark, { tidemark as named, TidemarkError } from 'tidemark';

    const kept = [];
    const app = Fastify();
    await app.register(tidemark, {
      stateDirectory: new URL('state', import.meta.url).pathname,
      snapshots: { directory: new URL('snapshots', import.meta.url).pathname },
      profile: { samplingIntervalBytes: 4096 },
      cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
    });
    app.get('/orders', async function orders() {
      kept.push(Array.from({ length: 200 }, function line(_, row) { return { row }; }));
      return { orders: kept.length };
    });
    const base = await app.listen({ host: '127.0.0.1', port: 0 });
    const ask = async (path, options) => (await fetch(base + path, options)).json();
    const ended = async (path, isUnderWay) => {
      for (;;) {
        const answer = await ask(path);
        if (!isUnderWay(answer)) return answer;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };

    const { snapshots: { writer, reason } } =
      await ended('/memory/stats', ({ snapshots }) => snapshots.reason.startsWith('being tested'));
    const begun = await ask('/memory/snapshot', { method: 'POST' });
    const operation = await ended('/memory/operations/' + begun.id, ({ state }) => state === 'running');
    const { id } = operation.result.snapshot;
    const analysis = await ended('/memory/snapshots/' + id + '/analysis', ({ state }) => state === 'running');
    for (let i = 0; i < 200; i += 1) await ask('/orders');
    const profile = await ask('/memory/profile');
    console.log(JSON.stringify({
      exports: [named === tidemark, TidemarkError.name],
      openapi: (await ask('/memory/openapi.json')).openapi,
      profile,
      pprof: (await fetch(base + '/debug/pprof/heap')).status,
      report: (await ask('/memory/report')).verdict?.verdict,
      chosen: { writer, reason },
      snapshot: operation.result.snapshot,
      analysis,
    }));
    await app.close();
  `,
  'require.cjs': `
    const tidemark = require('tidemark');
    const app = require('fastify')();
    app.register(tidemark, { profile: { enabled: false } });
    app.ready().then(() => app.close()).then(() => console.log(typeof tidemark, typeof app.tidemark.stats));
  `,
  'types.ts': `
    import Fastify from 'fastify';
    import { tidemark, TidemarkError, type TidemarkOptions } from 'tidemark';

    const options: TidemarkOptions = { prefix: '/api' };
    const app = Fastify();
    await app.register(tidemark, options);
    app.get('/', { config: { tidemark: { role: 'read' } } }, async () => app.tidemark.stats());
    // @ts-expect-error a prefix is a string
    const wrong: TidemarkOptions = { prefix: 5 };
    // @ts-expect-error there is no such function
    app.tidemark.statistics();
    export const refused = (error: unknown): boolean => error instanceof TidemarkError && wrong !== undefined;
  `,
} as const;
/** Outside the repository, whose own packages would be found otherwise. */
const app = mkdtempSync(path.join(os.tmpdir(), 'tidemark-packed-'));
t.teardown(() => rmSync(app, { recursive: true }));
const installed = path.join(app, 'node_modules/tidemark');

/** Runs a program in the application's folder, without the loader that the test runner gives to what it starts. */
async function inApplication(file: string, ...given: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [path.resolve(app, file), ...given], {
    cwd: app,
    env: { ...env, NODE_ENV: 'production' },
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

t.before(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(app, name), text);
  const { NODE_OPTIONS: _, ...env } = process.env;
  // Not prepack: the build is what npm test has just made, and other tests run from it.
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', app];
  const { stdout } = await run('npm', pack, { cwd: repository, env });
  await run('tar', ['-xzf', stdout.trim(), '-C', app], { cwd: app });
  mkdirSync(path.dirname(installed));
  renameSync(path.join(app, 'package'), installed);
  for (const name of BESIDE) {
    const link = path.join(app, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(repository, 'node_modules', name), link);
  }
  await inApplication('node_modules/tidemark/scripts/build-native.js');
});

t.test('the package holds what it exports and what its README links', async (t) => {
  const { exports, bin } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>;
    bin: Record<string, string>;
  };
  const named = [...Object.values(exports), bin].flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  );
  const readme = readFileSync(path.join(installed, 'README.md'), 'utf8');
  const linked = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, file = '']) => file);
  for (const file of [...named, ...linked]) t.ok(existsSync(path.join(installed, file)), file);
  t.same(
    readdirSync(installed).filter((name) => ['src', 'dist', 'test', 'node_modules'].includes(name)),
    [],
    'and no sources or tests',
  );
});

t.test('the installed package serves, takes a snapshot in a fork and analyses it', async (t) => {
  const said = JSON.parse(await inApplication('server.js')) as {
    readonly chosen: { readonly writer: string; readonly reason: string };
    readonly profile: { readonly sites: readonly { readonly function: string; readonly file: string }[] };
  };
  t.match(said, {
    exports: [true, 'TidemarkError'],
    openapi: /^3\.1/,
    pprof: 200,
    report: String,
    snapshot: { redacted: true },
    analysis: { collections: Array },
  });
  t.ok(
    said.profile.sites.some((site) => /^(orders|line)$/.test(site.function) && site.file === 'server.js'),
    'what the application keeps is found',
  );
  t.notOk(
    said.profile.sites.some(({ file }) => file.includes('node_modules/tidemark')),
    'its own code is nobody’s suspect',
  );
  const { writer, reason } = said.chosen;
  await t.test('by the fork', { skip: writer === 'fork' ? false : `no fork here: ${reason}` }, async (t) => {
    t.match(said, { snapshot: { writer: 'fork' } });
  });

  const folder = path.join(app, 'snapshots');
  const file = readdirSync(folder).find((name) => name.endsWith('.heapsnapshot.gz')) ?? '';
  const analysed = await inApplication(
    'node_modules/tidemark/lib/cli.js',
    'analyze',
    path.join(folder, file),
    '--json',
  );
  t.match(JSON.parse(analysed), { collections: Array }, 'the command line reads it');
});

t.test('the installed package can be required', async (t) => {
  t.equal((await inApplication('require.cjs')).trim(), 'function function');
});

t.test('the installed package brings its types', async (t) => {
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2023',
    '--module',
    'nodenext',
  ];
  const said = await inApplication(tsc, ...flags, '--types', 'node', 'types.ts').catch(
    (error: { readonly stdout: string }) => error.stdout,
  );
  t.equal(said, '');
});
