import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Builds the plugin and installs its peers, so that one command suffices in a clean clone.
const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} what @param {readonly string[]} npmArguments */
function npm(what, npmArguments) {
  console.log(`${what}: npm ${npmArguments.join(' ')}`);
  const { status } = spawnSync('npm', npmArguments, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

npm('Building the plugin', ['run', '--silent', 'build']);
const installed = new URL('node_modules/.package-lock.json', import.meta.url);
const wanted = new URL('package-lock.json', import.meta.url);
// Also installs peers that were added since the last run.
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  npm('Installing the peers', ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund']);
}
