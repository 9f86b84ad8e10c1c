import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// A clean clone has neither the compiled plugin nor the peers; both are made here so that one command suffices.
const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} what @param {readonly string[]} npmArguments */
function npm(what, npmArguments) {
  console.log(`${what}: npm ${npmArguments.join(' ')}`);
  const { status } = spawnSync('npm', npmArguments, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

npm('Building the plugin', ['run', '--silent', 'build']);
if (!existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) {
  npm('Installing the peers', ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund']);
}
