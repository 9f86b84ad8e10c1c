import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A folder that is gone after the test. */
export async function temporaryFolder(t: { teardown(done: () => unknown): void }): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tidemark-heap-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes modules into the folder and runs the first of them; it may write snapshots beside itself. */
export async function runProgram(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, source] of Object.entries(files)) await writeFile(path.join(folder, name), source);
  const main = Object.keys(files)[0]!;
  // The test runner slips its loader into the environment of every process that is spawned; it would be in the heap.
  const command = ['-u', 'NODE_OPTIONS', process.execPath, '--expose-gc', main];
  await promisify(execFile)('env', command, { cwd: folder, timeout: 60_000 });
}

/** A program whose module `cache.cjs` keeps a Map that grows, and a registry that does not; it writes 1, 2, 3.heapsnapshot. */
export const LEAKING_PROGRAM = {
  'main.cjs': `
    const v8 = require('node:v8');
    const cache = require('./cache.cjs');
    for (let round = 1; round <= 3; round++) {
      for (let i = 0; i < 1500; i++) cache.remember(round + '/' + i);
      gc();
      v8.writeHeapSnapshot(round + '.heapsnapshot');
    }`,
  'cache.cjs': `
    class Session { constructor(key) { this.key = key; this.user = { name: 'user ' + key, tags: ['a', key] }; } }
    const sessions = new Map();
    const byUser = [];
    const limits = Array.from({ length: 3000 }, (_, i) => ({ limit: i }));
    const timer = new WeakMap();
    exports.remember = (key) => {
      const session = new Session(key);
      sessions.set(key, session);
      timer.set(session, { started: key });
      if (byUser.length > 5000) byUser.push(limits);
    };`,
} as const;
