// Bundles the compiled package for publication: lib/ holds a file for each entry, shared chunks, and the types. Loading
// some 400 separate files would take a server three times as long.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { dependencies, peerDependencies, engines } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
);

/** Scripts of processes and threads keep their names: they are looked up beside the file that starts them. */
const entries = {
  tidemark: 'plugins/tidemark.ts',
  cli: 'src/cli/main.ts',
  child: 'src/snapshot/analysis/child.ts',
  'dominators-thread': 'src/snapshot/analysis/dominators-thread.ts',
  'self-test-process': 'src/snapshot/writers/self-test-process.ts',
  server: 'docker/app/server.ts',
};

/**
 * TypeBox is used only to build schemas, so only those functions are bundled: loading all of it costs 10 MiB. The
 * namespace `Type` prevents esbuild from detecting which functions are used, and the package does not declare its files
 * free of side effects.
 * @type {import('esbuild').Plugin}
 */
const usedTypeBox = {
  name: 'used-typebox',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replace(
        /import \{ Type\b[^}]*\} from 'typebox';/,
        "import * as Type from 'typebox';",
      );
      return { contents, loader: 'ts' };
    });
    bundler.onResolve({ filter: /^(typebox$|\.)/ }, async ({ path: module, pluginData, ...from }) => {
      const isTypeBox = module === 'typebox' || from.importer.includes('/node_modules/typebox/');
      if (!isTypeBox || pluginData === usedTypeBox) return undefined;
      const found = await bundler.resolve(module, { ...from, pluginData: usedTypeBox });
      return { ...found, sideEffects: false };
    });
  },
};

/** Copies a type declaration file and those it imports. @param {string} file @param {Set<string>} copied */
function copyTypes(file, copied) {
  if (copied.has(file)) return;
  copied.add(file);
  const to = path.join(root, 'lib/types', file);
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(path.join(root, 'dist', file), to);
  for (const [, module = ''] of readFileSync(to, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)\.js'/g)) {
    copyTypes(path.join(path.dirname(file), `${module}.d.ts`), copied);
  }
}

rmSync(path.join(root, 'lib'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: `node${engines.node.replace('>=', '')}`,
  external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== 'typebox'),
  plugins: [usedTypeBox],
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
});
copyTypes('plugins/tidemark.d.ts', new Set());

const parser = 'node_modules/typebox/build/type/script/parser.mjs';
const whole = Object.entries(metafile.outputs).find(
  ([, { inputs }]) => (inputs[parser]?.bytesInOutput ?? 0) > 0,
);
if (whole !== undefined)
  throw new Error(`${whole[0]} holds the whole of TypeBox: some function of it needs all others`);
