import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import http from 'node:http';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createGzip } from 'node:zlib';
import type { Kind } from './kind.js';
import { isInnocent, isNamed, isNobodys } from './outcome.js';
import { pair, TEXT, thing, things, toldBy, toldOf, windowedServer, type Keep } from './served.js';

async function store(keep: Keep): Promise<void> {
  await delay(1);
  const made = thing();
  await Promise.resolve();
  await delay(1);
  keep(made);
}

async function* rows(keep: Keep): AsyncGenerator<string> {
  for (let i = 0; i < 3; i += 1) {
    await delay(1);
    keep(thing());
    yield `row ${i}\n`;
  }
}

/** A worker takes some 30 ms to start. */
const WORKER_ROUNDS = 8;

const agent = new http.Agent({ keepAlive: true });

/** A body in pieces, with pauses. */
async function inPieces(url: string): Promise<unknown> {
  const request = http.request(url, { method: 'POST', agent, headers: { 'content-length': TEXT.length } });
  const answered = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => response.resume().on('end', resolve));
  });
  for (let at = 0; at < TEXT.length; at += 700) {
    request.write(TEXT.slice(at, at + 700));
    await delay(1);
  }
  request.end();
  return answered;
}

/** What follows a request from its begin to its end by what Node itself carries on. */
export const kinds: Readonly<Record<string, Kind>> = {
  'behind awaits, in a helper that both share': {
    run: async () =>
      toldOf((keep) => async (_request, response) => {
        await store(keep);
        response.end('ok');
      }),
    holds: isNamed,
  },
  'in callbacks of timers, ticks, immediates and microtasks': {
    run: async () =>
      toldOf((keep) => (_request, response) => {
        const answer = (): void => {
          keep(thing());
          response.end('ok');
        };
        setTimeout(() => process.nextTick(() => setImmediate(() => queueMicrotask(answer))), 1);
      }),
    holds: isNamed,
  },
  'of a body in pieces, at its end': {
    run: async () =>
      toldOf(
        (keep) => (request, response) => {
          const chunks: Buffer[] = [];
          request.on('data', (chunk: Buffer) => chunks.push(chunk));
          request.on('end', () => {
            keep(JSON.parse(Buffer.concat(chunks).toString()));
            response.end('ok');
          });
        },
        inPieces,
      ),
    holds: isNamed,
  },
  'of a body in pieces, awaited': {
    run: async () =>
      toldOf(
        (keep) => async (request, response) => {
          let text = '';
          for await (const chunk of request) text += String(chunk);
          keep(JSON.parse(text));
          response.end('ok');
        },
        inPieces,
      ),
    holds: isNamed,
  },
  'of a body in pieces, piece by piece: at least nobody else is blamed': {
    run: async () =>
      toldOf(
        (keep) => (request, response) => {
          request.on('data', () => keep(thing()));
          request.on('end', () => response.end('ok'));
        },
        inPieces,
      ),
    holds: (t, outcome) => isInnocent(t, outcome, '/frees'),
  },
  'of a body that is piped to where it is kept: at least nobody else is blamed': {
    run: async () =>
      toldOf(
        (keep) => async (request, response) => {
          const sink = new Writable({
            write(_chunk, _encoding, done) {
              keep(thing());
              setImmediate(done);
            },
          });
          await pipeline(request, sink);
          response.end('ok');
        },
        inPieces,
      ),
    holds: (t, outcome) => isInnocent(t, outcome, '/frees'),
  },
  'while a stream is piped': {
    run: async () => toldOf((keep) => (_request, response) => void Readable.from(rows(keep)).pipe(response)),
    holds: isNamed,
  },
  'in a transform between streams, behind a thread pool': {
    run: async () =>
      toldOf((keep) => (_request, response) => {
        const transform = new Transform({
          transform(chunk, _encoding, done) {
            keep(thing());
            setImmediate(done, null, chunk);
          },
        });
        Readable.from(['a', 'b', 'c']).pipe(createGzip()).pipe(transform).pipe(response);
      }),
    holds: isNamed,
  },
  'in an interval of its own, which is nobody’s as it may serve others': {
    run: async () =>
      toldOf((keep) => (_request, response) => {
        let turns = 0;
        const interval = setInterval(() => {
          keep(thing());
          turns += 1;
          if (turns < 3) return;
          clearInterval(interval);
          response.end('ok');
        }, 1);
      }),
    holds: isNobodys,
  },
  'in a worker thread of its own, whose answer is awaited': {
    run: async () =>
      toldBy(
        await windowedServer(
          pair((keep) => async (_request, response) => {
            const worker = new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true });
            const exit = once(worker, 'exit');
            await once(worker, 'message');
            keep(things());
            await exit;
            response.end('ok');
          }),
        ),
        undefined,
        WORKER_ROUNDS,
      ),
    holds: isNamed,
  },
  'bound to an AsyncResource that a queue runs later': {
    run: async () => {
      const waiting: (() => void)[] = [];
      setInterval(() => {
        for (const run of waiting.splice(0)) run();
      }, 2);
      return toldOf((keep) => (_request, response) => {
        const answer = AsyncResource.bind(() => {
          keep(thing());
          response.end('ok');
        });
        waiting.push(answer);
      });
    },
    holds: isNamed,
  },
};
