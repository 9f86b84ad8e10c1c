import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import net, { type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import DataLoader from 'dataloader';
import type { Kind } from './kind.js';
import { isInnocent, isNamed, isNobodys, of, THING_BYTES } from './outcome.js';
import {
  ask,
  mixed,
  pair,
  PATHS,
  thing,
  toldBy,
  toldOf,
  warm,
  windowedServer,
  type Handler,
  type Keep,
  type WindowedServer,
} from './served.js';

/** A server whose two handlers share what is made of `open` by whichever of them is asked first. */
async function sharing<T>(
  open: () => T,
  make: (shared: () => T, keep: Keep) => Handler,
): Promise<WindowedServer> {
  let shared: T | undefined;
  return windowedServer(pair((keep) => make(() => (shared ??= open()), keep)));
}

/** Opened by a request of `/frees` in the window, and used by both from then on. */
async function toldOfSharing<T>(
  open: () => T,
  make: (shared: () => T, keep: Keep) => Handler,
): ReturnType<WindowedServer['during']> {
  // Another server warms the code: what this one shares is opened in the window.
  await toldBy(await sharing(open, make));
  const { url, during } = await sharing(open, make);
  return during(async () => {
    await ask(`${url}/frees`);
    await mixed(100, async (path) => ask(url + path));
  });
}

/** Work that a timer takes from a queue: nothing of Node's tells whose it is. */
function queue(begin: (drain: () => void) => void) {
  const waiting: (() => void)[] = [];
  begin(() => {
    for (const run of waiting.splice(0)) run();
  });
  return { push: (run: () => void) => waiting.push(run) };
}

const queued =
  (shared: () => ReturnType<typeof queue>, keep: Keep): Handler =>
  (_request, response) => {
    shared().push(() => {
      keep(thing());
      response.end('ok');
    });
  };

/** Lets two work at a time. */
function semaphore() {
  const waiting: (() => void)[] = [];
  let free = 2;
  return {
    acquire(run: () => void): void {
      if (free === 0) {
        waiting.push(run);
        return;
      }
      free -= 1;
      run();
    },
    release(): void {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

let opening: (() => void)[] | undefined;

/** What is to run once a connection is open. */
function opened(port: number, onOpen: () => void): (() => void)[] {
  const waiting: (() => void)[] = [];
  const socket = net.connect(port, '127.0.0.1', () => {
    onOpen();
    for (const run of waiting) run();
    socket.destroy();
  });
  return waiting;
}

async function* generate(): AsyncGenerator<number> {
  for (let row = 0; ; row += 1) {
    await delay(1);
    yield row;
  }
}

const ECHO = `require('worker_threads').parentPort.on('message', (id) => require('worker_threads').parentPort.postMessage(id))`;

/** A worker that answers in turn. */
function pool() {
  const waiting: (() => void)[] = [];
  const worker = new Worker(ECHO, { eval: true });
  worker.on('message', () => waiting.shift()!());
  return {
    ask(done: () => void): void {
      waiting.push(done);
      worker.postMessage(1, []);
    },
  };
}

/** A connection that answers in turn, as those of databases do. */
function connection(port: number) {
  const waiting: (() => void)[] = [];
  const socket: Socket = net.connect(port, '127.0.0.1');
  socket.on('data', (chunk) => {
    for (let i = 0; i < chunk.length; i += 1) waiting.shift()!();
  });
  return {
    query(done: () => void): void {
      waiting.push(done);
      socket.write('q');
    },
  };
}

async function echoServer(): Promise<number> {
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as net.AddressInfo).port;
}

const answering =
  (use: (done: () => void) => void, keep: Keep): Handler =>
  (_request, response) => {
    use(() => {
      keep(thing());
      response.end('ok');
    });
  };

const awaiting =
  (use: (done: () => void) => void, keep: Keep): Handler =>
  async (_request, response) => {
    await new Promise<void>((resolve) => use(resolve));
    keep(thing());
    response.end('ok');
  };

/** What several requests use at the same time: there, a context is easily somebody else's. */
export const kinds: Readonly<Record<string, Kind>> = {
  'a queue that a timer of the start drains': {
    async run() {
      const shared = queue((drain) => setInterval(drain, 2));
      return toldOf((keep) => queued(() => shared, keep));
    },
    holds: isNobodys,
  },
  'a queue that an interval of another request drains': {
    run: async () => toldOfSharing(() => queue((drain) => setInterval(drain, 2)), queued),
    holds: isNobodys,
  },
  'a queue that a chain of timers of another request drains': {
    run: async () =>
      toldOfSharing(
        () =>
          queue((drain) => {
            const next = (): unknown =>
              setTimeout(() => {
                drain();
                next();
              }, 2);
            next();
          }),
        queued,
      ),
    holds: isNobodys,
  },
  'a semaphore, awaited': {
    run: async () =>
      toldOfSharing(semaphore, (shared, keep) => async (_request, response) => {
        await new Promise<void>((resolve) => shared().acquire(resolve));
        await delay(1);
        keep(thing());
        shared().release();
        response.end('ok');
      }),
    holds: isNamed,
  },
  'a semaphore whose holder runs the callback of who waits': {
    run: async () =>
      toldOfSharing(semaphore, (shared, keep) => (_request, response) => {
        shared().acquire(() => {
          setTimeout(() => {
            keep(thing());
            response.end('ok');
            shared().release();
          }, 1);
        });
      }),
    holds(t, outcome) {
      for (const label of Object.keys(outcome.routes).filter((label) => label !== '/keeps')) {
        isInnocent(t, outcome, label);
      }
    },
  },
  'a connection that another request is opening': {
    async run() {
      const port = await echoServer();
      return toldOf((keep) => (_request, response) => {
        opening ??= opened(port, () => (opening = undefined));
        opening.push(() => {
          keep(thing());
          response.end('ok');
        });
      });
    },
    holds: isNobodys,
  },
  'listeners of one emitter, which run as the request that emits': {
    async run() {
      const emitter = new EventEmitter();
      const kept: unknown[] = [];
      emitter.on('published', () => kept.push(thing()));
      const server = await windowedServer({
        '/keeps': async (_request, response) => {
          await delay(1);
          emitter.emit('published');
          response.end('ok');
        },
        '/frees': async (_request, response) => {
          await delay(1);
          response.end('ok');
        },
      });
      return toldBy(server);
    },
    holds: isNamed,
  },
  'an async generator that requests take turns to ask': {
    run: async () => {
      const rows = generate();
      return toldOf((keep) => async (_request, response) => {
        const { value } = await rows.next();
        keep({ value, made: thing() });
        response.end('ok');
      });
    },
    holds: isNamed,
  },
  'a worker pool, awaited': {
    run: async () => toldOfSharing(pool, (shared, keep) => awaiting((done) => shared().ask(done), keep)),
    holds: isNamed,
  },
  'a worker pool, by callbacks': {
    run: async () => toldOfSharing(pool, (shared, keep) => answering((done) => shared().ask(done), keep)),
    holds: isNobodys,
  },
  'a connection that another request opened, awaited': {
    async run() {
      const port = await echoServer();
      return toldOfSharing(
        () => connection(port),
        (shared, keep) => awaiting((done) => shared().query(done), keep),
      );
    },
    holds: isNamed,
  },
  'a connection that another request opened, by callbacks': {
    async run() {
      const port = await echoServer();
      return toldOfSharing(
        () => connection(port),
        (shared, keep) => answering((done) => shared().query(done), keep),
      );
    },
    holds: isNobodys,
  },
  'a connection that another request opened, by callbacks that are bound': {
    async run() {
      const port = await echoServer();
      return toldOfSharing(
        () => connection(port),
        (shared, keep) => answering((done) => shared().query(AsyncResource.bind(done)), keep),
      );
    },
    holds: isNamed,
  },
  'listeners of other requests, bound, that a request runs before it goes on': {
    async run() {
      const listeners = new Set<() => void>();
      return toldOf((keep) => async (_request, response) => {
        const listener = AsyncResource.bind(() => undefined);
        listeners.add(listener);
        await delay(3);
        for (const listen of listeners) listen();
        // On behalf of this request again.
        keep(thing());
        listeners.delete(listener);
        response.end('ok');
      });
    },
    holds: isNamed,
  },
  'listeners of other requests, bound, which keep while a third runs them': {
    async run() {
      const listeners: (() => void)[] = [];
      const runAll = (): void => {
        for (const listen of listeners.splice(0)) listen();
      };
      // For those that come after the last of the others.
      setInterval(runAll, 50);
      const server = await windowedServer({
        ...pair((keep) => (_request, response) => {
          const listener = AsyncResource.bind(() => {
            keep(thing());
            response.end('ok');
          });
          listeners.push(listener);
        }),
        '/runs': async (_request, response) => {
          await delay(2);
          runAll();
          response.end('ok');
        },
      });
      const paths = [...PATHS, '/runs'];
      return warm(server, async (rounds) => mixed(rounds, async (path) => ask(server.url + path), paths));
    },
    holds(t, outcome) {
      isNamed(t, outcome);
      isInnocent(t, outcome, '/runs');
    },
  },
  'batches of a turn, as data loaders make them': {
    run: async () => {
      const loader = new DataLoader(loadAll, { cache: false });
      return toldOf((keep) => async (_request, response) => {
        keep((await Promise.all([loader.load(1), loader.load(2)]))[0]);
        response.end('ok');
      });
    },
    holds: isNamed,
  },
  'batches of some milliseconds for several requests, each keeping what it makes of it': {
    run: async () => {
      const loader = new DataLoader(loadAll, BATCHES_OF_SEVERAL);
      return toldOf((keep) => async (_request, response) => {
        await loader.load(1);
        keep(thing());
        response.end('ok');
      });
    },
    holds: isNamed,
  },
  // Known to be wrong: what is loaded for all who wait is booked on whoever began the batch. Hooks that see whose promises it
  // resolves made 200 awaits half as dear again in a window (Node 20 to 26), and would see the same where requests let each
  // other go on, as at a semaphore.
  'batches of some milliseconds for several requests, some keeping what was loaded': {
    run: async () => {
      const loader = new DataLoader(loadAll, BATCHES_OF_SEVERAL);
      return toldOf((keep) => async (_request, response) => {
        keep(await loader.load(1));
        response.end('ok');
      });
    },
    holds(t, outcome) {
      const [keeps, frees] = PATHS.map((path) => of(outcome, path).bytesPerRequest.value) as [number, number];
      t.ok(keeps + frees > 0.7 * THING_BYTES, `${keeps} and ${frees} bytes a request, together what is kept`);
    },
  },
};

const BATCHES_OF_SEVERAL = {
  cache: false,
  batchScheduleFn: (run: () => void): void => void setTimeout(run, 3),
};

async function loadAll(keys: readonly number[]): Promise<unknown[]> {
  await delay(1);
  return keys.map(thing);
}
