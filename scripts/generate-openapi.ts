import { realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildDocument } from './openapi/document.js';

export const COMMAND = 'npm run generate:openapi';
const FILE = 'docs/openapi.json';

const thisFile = fileURLToPath(import.meta.url);

async function committed(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes `docs/openapi.json`, or with `check` only compares it.
 * @param root the repository
 * @returns whether it was up to date
 */
export async function generateOpenapi(root: string, check: boolean): Promise<boolean> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const text = `${JSON.stringify(await buildDocument(version), null, 2)}\n`;
  const path = join(root, FILE);
  if ((await committed(path)) === text) return true;
  if (!check) await writeFile(path, text);
  return false;
}

/** Runs the command line. Usage: `generate-openapi.js [--check] [root]`. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  // The document must depend on the code only, not on the environment.
  for (const name of Object.keys(process.env)) if (name.startsWith('TIDEMARK_')) delete process.env[name];
  // This file runs as <root>/<build folder>/scripts/generate-openapi.js.
  const root = positionals[0] ?? resolve(dirname(thisFile), '../..');
  const upToDate = await generateOpenapi(root, values.check);
  if (!values.check) {
    console.log(upToDate ? `${FILE} was up to date.` : `Wrote ${FILE}.`);
  } else if (!upToDate) {
    console.error(`${FILE} is not up to date. Run \`${COMMAND}\` and commit the result.`);
    process.exitCode = 1;
  }
}

// The real path: a check started through a symbolic link must not pass by doing nothing.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === thisFile) await main();
