import { realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environmentExample, optionsPage } from './options/documentation.js';

export const COMMAND = 'npm run generate:config';

const thisFile = fileURLToPath(import.meta.url);

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes the files generated from the options' schema, or with `check` only compares them.
 * @param root the repository
 * @returns the files, relative to root, that were not up to date
 */
export async function generateConfig(root: string, check: boolean): Promise<string[]> {
  const files = new Map([
    ['.env.example', environmentExample(COMMAND)],
    ['docs/options.md', optionsPage(COMMAND)],
  ]);
  const stale: string[] = [];
  for (const [name, text] of files) {
    const path = join(root, name);
    if ((await readIfThere(path)) === text) continue;
    stale.push(name);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return stale;
}

/** Runs the command line. Usage: `generate-config.js [--check] [root]`. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  // This file runs as <root>/<build folder>/scripts/generate-config.js.
  const root = positionals[0] ?? resolve(dirname(thisFile), '../..');
  const stale = await generateConfig(root, values.check);
  if (!values.check) {
    console.log(stale.length === 0 ? 'Everything was up to date.' : `Wrote ${stale.join(', ')}.`);
  } else if (stale.length > 0) {
    console.error(`Not up to date: ${stale.join(', ')}. Run \`${COMMAND}\` and commit the result.`);
    process.exitCode = 1;
  }
}

// The real path: a check started through a symbolic link must not pass by doing nothing.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === thisFile) await main();
