import { createHash, pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session } from 'node:inspector/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

const compress = promisify(gzip);
const derive = promisify(pbkdf2);

/** Objects that a request leaves behind where the heap is to grow. */
export class LeftByRequest {
  constructor(readonly number: number) {}
}

export interface BusyServer {
  readonly answered: () => number;
  /** The first failure of a request. */
  readonly failure: () => unknown;
  readonly left: readonly LeftByRequest[];
  stop(): Promise<void>;
}

const workerCode = `const kept = [];
let on = true;
require('node:worker_threads').parentPort.on('message', () => { on = false; });
(function work() {
  for (let i = 0; i < 2000; i += 1) kept[(kept.length + i) % 50000] = { i, text: 'w' + i };
  if (on) setTimeout(work, 2); else require('node:worker_threads').parentPort.close();
})();`;

/**
 * Everything at once that could hold a lock or run a job while this process forks: HTTP requests, a worker thread with a
 * heap of its own, zlib and crypto in the thread pool, and the sampling heap profiler.
 */
export async function startBusyServer({ growing = false } = {}): Promise<BusyServer> {
  const left: LeftByRequest[] = [];
  const server = createServer((request, response) => {
    const list = Array.from({ length: 200 }, (_, i) => ({ i, url: request.url, at: performance.now() }));
    if (growing) left.push(new LeftByRequest(left.length));
    const body = JSON.stringify(list);
    response.setHeader('etag', createHash('sha256').update(body).digest('hex'));
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const worker = new Worker(workerCode, { eval: true, execArgv: [] });
  await once(worker, 'online');
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 65536 });

  const state = { on: true };
  let answered = 0;
  let failure: unknown;
  const ask = async (): Promise<void> => {
    while (state.on) {
      try {
        const length = await new Promise<number>((resolve, reject) => {
          get({ port, host: '127.0.0.1', path: '/list', agent }, (response) => {
            let bytes = 0;
            response.on('data', (chunk: Buffer) => (bytes += chunk.length));
            response.on('end', () => resolve(bytes));
          }).on('error', reject);
        });
        if (length < 1000) throw new Error(`an answer of ${length} bytes`);
        answered += 1;
      } catch (error) {
        failure ??= error;
      }
    }
  };
  const pool = async (): Promise<void> => {
    const data = Buffer.alloc(256 * 1024, 'tidemark');
    while (state.on) {
      await Promise.all([compress(data), derive('secret', 'salt', 500, 64, 'sha512')]);
      await turn();
    }
  };
  const loops = [ask(), ask(), ask(), pool()];
  return {
    answered: () => answered,
    failure: () => failure,
    left,
    async stop() {
      state.on = false;
      await Promise.all(loops);
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await session.post('HeapProfiler.stopSampling');
      session.disconnect();
      worker.postMessage('stop', []);
      await once(worker, 'exit');
    },
  };
}
