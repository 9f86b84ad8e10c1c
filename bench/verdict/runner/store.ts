import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RunRecord } from './record.js';

/** One run per line, compressed if the name ends in `.gz`. */
export async function saveRuns(file: string, runs: readonly RunRecord[]): Promise<void> {
  const text = runs.map((run) => `${JSON.stringify(run, compactNumber)}\n`).join('');
  await writeFile(file, file.endsWith('.gz') ? gzipSync(text) : text);
}

export async function loadRuns(file: string): Promise<RunRecord[]> {
  const bytes = await readFile(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunRecord);
}

/** Three decimals exceed the precision of these figures. */
function compactNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1000) / 1000 : value;
}
