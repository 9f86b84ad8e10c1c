import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

/**
 * One server, one heap, one way to take a snapshot, triggered over IPC. The parent process sends the load.
 * @typedef {{ method: string, heapMb: number, file: string, build: string }} Settings
 * @typedef {{ totalMs: number, longestBlockMs: number, attempts: string[], heapMb: number, addedMb?: number, said?: string }} Answer
 */

/** @type {Settings} */
const { method, heapMb, file, build } = JSON.parse(process.argv[2] ?? '{}');

/** Small objects and short strings, 46 bytes per node: the slowest content for V8 per byte. */
function fillHeap() {
  const held = [];
  for (let number = 0; ; number += 1) {
    held.push({ number, name: `name of ${number}` });
    if (number % 20_000 === 0 && v8.getHeapStatistics().used_heap_size > heapMb * 1e6) return held;
  }
}

const held = fillHeap();
globalThis.gc?.();

const server = createServer((request, response) => {
  const from = (Number(request.url?.slice(1)) * 7919) % (held.length - 50);
  const body = JSON.stringify(held.slice(from, from + 50));
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
});

const RESOLUTION_MS = 5;
/** The longest block of the event loop, measured from within; the writer's own figure is not used. */
function watchBlocks() {
  let [last, longest] = [performance.now(), 0];
  const take = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - RESOLUTION_MS);
    last = now;
  };
  const timer = setInterval(take, RESOLUTION_MS);
  return () => {
    clearInterval(timer);
    take();
    return longest;
  };
}

/** @type {Record<string, () => Promise<Partial<Answer>>>} */
const methods = {
  async 'v8.writeHeapSnapshot'() {
    v8.writeHeapSnapshot(file);
    return {};
  },
  async heapdump() {
    process.env['NODE_HEAPDUMP_OPTIONS'] = 'nosignal';
    const heapdump = createRequire(import.meta.url)('heapdump');
    await new Promise((resolve, reject) => {
      heapdump.writeSnapshot(file, (/** @type {Error | null} */ error) =>
        error ? reject(error) : resolve(null),
      );
    });
    return {};
  },
  'tidemark, fork': () => capture('fork'),
  'tidemark, v8': () => capture('v8'),
};

/** @param {'fork' | 'v8'} writer @returns {Promise<Partial<Answer>>} */
async function capture(writer) {
  const { createSnapshotWriters } = await import(`${build}/src/snapshot/writers/writers.js`);
  const writers = createSnapshotWriters({ writer });
  await writers.choice();
  const reader = fileURLToPath(new URL('reader.js', import.meta.url));
  const outcome = await writers.capture({
    spawnReader: (/** @type {number | 'pipe'} */ stdin) =>
      spawn(process.execPath, [reader, file], { stdio: [stdin, 'inherit', 'inherit'] }),
  });
  if (outcome.outcome !== 'written') throw outcome.error;
  if (outcome.reader.exitCode === null) await once(outcome.reader, 'exit');
  const { attempts } = outcome;
  const added = attempts.at(-1).addedBytes;
  return {
    attempts: attempts.map(
      (/** @type {{ preparation: string, outcome: string }} */ one) => `${one.preparation}: ${one.outcome}`,
    ),
    said: outcome.pauseMs.toFixed(0),
    ...(added !== undefined && { addedMb: added / 1e6 }),
  };
}

// Otherwise a paused server would close all waiting connections, and their latencies would be lost.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = /** @type {import('node:net').AddressInfo} */ (server.address());
process.on('message', async (message) => {
  if (message === 'stop') process.exit(0);
  const stop = watchBlocks();
  const startedMs = performance.now();
  try {
    const facts = await (methods[method] ?? (() => Promise.reject(new Error(`no method ${method}`))))();
    const totalMs = performance.now() - startedMs;
    // The block is measured on the next turn.
    await new Promise((resolve) => setTimeout(resolve, RESOLUTION_MS * 2));
    process.send?.({
      attempts: [],
      ...facts,
      totalMs,
      longestBlockMs: stop(),
      heapMb: v8.getHeapStatistics().used_heap_size / 1e6,
    });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: address.port });
