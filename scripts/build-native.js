// Builds native/fork.c at install, if there is a compiler. The installation always succeeds: a failed build prints one
// line, and native/build/status.json keeps the reason for the server to report.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILD_TIMEOUT_MS = 60_000;

/**
 * The folder of node_api.h: that of this Node, that of npm's setting `nodedir`, or the package
 * `node-api-headers` if it is installed.
 */
function headersFolder() {
  const prefixes = [
    dirname(dirname(process.execPath)),
    process.config.variables['node_prefix'],
    process.env['npm_config_nodedir'],
  ];
  const folders = prefixes.flatMap((prefix) =>
    typeof prefix === 'string' ? [join(prefix, 'include', 'node')] : [],
  );
  try {
    folders.push(createRequire(join(root, 'package.json'))('node-api-headers').include_dir);
  } catch {
    // Not installed: only the folders of this Node remain.
  }
  return folders.find((folder) => existsSync(join(folder, 'node_api.h')));
}

function isGlibc() {
  const { header } = /** @type {{ header: Record<string, unknown> }} */ (process.report.getReport());
  return header['glibcVersionRuntime'] !== undefined;
}

/** Why there is nothing to build here, or undefined. */
function unsupported() {
  if (process.platform !== 'linux') return { reason: 'platform', detail: `${process.platform} is not Linux` };
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    return { reason: 'platform', detail: `${process.arch} is neither x64 nor arm64` };
  }
  return isGlibc() ? undefined : { reason: 'musl', detail: 'the C library is not glibc' };
}

/** @param {string} text */
const firstLine = (text) => text.split('\n').find((line) => line.trim() !== '') ?? '';

/** @param {string} command @param {readonly string[]} parameters */
function run(command, parameters) {
  return spawnSync(command, parameters, { encoding: 'utf8', timeout: BUILD_TIMEOUT_MS });
}

/** Loads the file in another Node, so that a crash affects only that process. @param {string} file */
function loads(file) {
  return run(process.execPath, ['-e', `process.dlopen({ exports: {} }, ${JSON.stringify(file)})`]);
}

/**
 * @param {{ folder: string, compilers: readonly string[] }} options
 * @returns {{ built: boolean, reason?: string, detail?: string }}
 */
function build({ folder, compilers }) {
  const off = unsupported();
  if (off !== undefined) return { built: false, ...off };
  const headers = headersFolder();
  if (headers === undefined) {
    return {
      built: false,
      reason: 'not built: no headers',
      detail: 'no node_api.h; install node-api-headers',
    };
  }
  const [source, made] = [join(root, 'native', 'fork.c'), join(folder, `fork.${process.pid}.node`)];
  const flags = [
    '-O2',
    '-std=gnu11',
    '-fPIC',
    '-shared',
    '-Wall',
    '-Wextra',
    `-I${headers}`,
    '-o',
    made,
    source,
  ];
  let failure = { reason: 'not built: no compiler', detail: `none of ${compilers.join(', ')} is installed` };
  for (const compiler of compilers) {
    const compiled = run(compiler, flags);
    if (compiled.error !== undefined && 'code' in compiled.error && compiled.error.code === 'ENOENT')
      continue;
    if (compiled.status !== 0) {
      const detail = firstLine(compiled.stderr ?? '') || String(compiled.error ?? compiled.signal);
      failure = { reason: 'not built: compiler failed', detail: `${compiler}: ${detail}` };
      continue;
    }
    const loaded = loads(made);
    if (loaded.status === 0) {
      renameSync(made, join(folder, 'fork.node'));
      return { built: true };
    }
    failure = {
      reason: 'not built: does not load',
      detail: firstLine(loaded.stderr ?? '') || String(loaded.signal),
    };
  }
  rmSync(made, { force: true });
  return { built: false, ...failure };
}

/**
 * Builds into `folder` and leaves the marker there.
 * @param {{ folder?: string, compilers?: readonly string[] }} [options]
 */
export function buildNative({
  folder = join(root, 'native', 'build'),
  compilers = [...(process.env['CC'] ? [process.env['CC']] : []), 'cc', 'gcc', 'clang'],
} = {}) {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'fork.node'), { force: true });
  const status = build({ folder, compilers });
  writeFileSync(join(folder, 'status.json'), `${JSON.stringify(status)}\n`);
  return status;
}

/** The entry for npm's install script. Never throws. */
export function install() {
  try {
    const { built, reason, detail } = buildNative();
    if (!built) console.log(`tidemark: a heap snapshot will stop the server; ${reason} (${detail})`);
  } catch (error) {
    console.log(`tidemark: a heap snapshot will stop the server; not built: ${String(error)}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) install();
