import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PacedLoad } from './paced-load.js';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));

/**
 * @typedef {object} CaseResult
 * @property {number} heapMb
 * @property {number} totalMs
 * @property {number} longestBlockMs
 * @property {{ p50: number, p99: number }} before
 * @property {{ p50: number, p99: number }} during
 * @property {string[]} attempts
 * @property {string} [said] The longest block reported by the writer, in milliseconds.
 * @property {number} [addedMb]
 * @property {number} fileMb
 */

/** @param {readonly number[]} sorted @param {number} share */
const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** @param {readonly number[]} sorted */
const quantiles = (sorted) => ({ p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) });

/** Checks a snapshot without parsing it: it starts with its head and ends with its last section. @param {string} path */
async function verify(path) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const [head, tail] = [Buffer.alloc(4096), Buffer.alloc(16)];
    await file.read(head, 0, head.length, 0);
    await file.read(tail, 0, tail.length, Math.max(0, size - tail.length));
    const nodes = Number(/^\{"snapshot":\{"meta":[^]*"node_count":(\d+)/.exec(head.toString('latin1'))?.[1]);
    if (!(nodes > 10_000)) throw new Error(`a snapshot of ${nodes} nodes`);
    if (!/"\]\}\s*$/.test(tail.toString('latin1'))) throw new Error('the snapshot ends early');
    return size;
  } finally {
    await file.close();
  }
}

/**
 * Runs one case in its own process.
 * @param {{ method: string, heapMb: number, file: string, build: string, requestsPerSecond: number, beforeMs: number }} settings
 * @returns {Promise<CaseResult>}
 */
export async function runCase({ requestsPerSecond, beforeMs, ...settings }) {
  const server = fork(SERVER, [JSON.stringify(settings)], {
    execArgv: ['--expose-gc', '--max-old-space-size=4096'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const died = once(server, 'exit').then(([code, signal]) => {
    throw new Error(`the server ended with ${signal ?? code}`);
  });
  died.catch(() => {});
  const answer = async () => (await Promise.race([once(server, 'message'), died]))[0];
  try {
    const { port } = await answer();
    const load = new PacedLoad({ port, requestsPerSecond });
    // The first second is warm-up.
    await new Promise((resolve) => setTimeout(resolve, 1000 + beforeMs));
    const fromMs = performance.now();
    server.send('capture');
    const taken = await answer();
    const toMs = performance.now();
    await load.stop();
    if (taken.error !== undefined) throw new Error(taken.error);
    const fileMb = (await verify(settings.file)) / 1e6;
    return {
      ...taken,
      fileMb,
      before: quantiles(load.between(fromMs - beforeMs, fromMs)),
      during: quantiles(load.between(fromMs, toMs)),
    };
  } finally {
    server.kill('SIGKILL');
    await died.catch(() => {});
    await rm(settings.file, { force: true });
  }
}
