import { AsyncLocalStorage, createHook, executionAsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../../src/base/clock.js';
import { acquire } from '../../../../src/profile/isolate-profiler.js';
import { openWindow } from '../../../../src/profile/windows/window.js';
import type { Kind } from './kind.js';
import { isInnocent, isNamed, of, THING_BYTES, type Outcome } from './outcome.js';
import {
  ask,
  mixed,
  pair,
  thing,
  toldBy,
  toldOf,
  warm,
  windowedServer,
  type Handler,
  type Keep,
} from './served.js';

const NOTHING: Outcome = { routes: {}, outsideBytes: 0, unknownBytes: 0, details: [], notes: {} };

async function keysThen(): Promise<string> {
  await delay(1);
  return JSON.stringify(Reflect.ownKeys(executionAsyncResource()).map(String));
}

/** What begins before a window, ends after it, or goes on beside it. */
export const kinds: Readonly<Record<string, Kind>> = {
  'work that goes on after the end of its request': {
    run: async () =>
      toldOf((keep) => (_request, response) => {
        response.end('ok');
        setTimeout(() => {
          keep(thing());
          setTimeout(() => keep(thing()), 5);
        }, 5);
      }),
    holds(t, outcome) {
      isNamed(t, outcome);
      const [keeps, frees] = [of(outcome, '/keeps').afterBytes, of(outcome, '/frees').afterBytes];
      t.ok(keeps > 60 * THING_BYTES, `${keeps} bytes after the end of those that keep`);
      t.ok(frees < keeps / 5, `${frees} bytes after the end of the others`);
    },
  },
  'requests that last longer than the window': {
    async run() {
      const kept: unknown[] = [];
      const slow: Handler = async (_request, response) => {
        for (let i = 0; i < 100; i += 1) {
          await delay(10);
          kept.push(thing());
        }
        response.end('ok');
      };
      const server = await windowedServer({
        '/slow': slow,
        ...pair((keep) => (_request, response) => {
          keep(thing());
          response.end('ok');
        }),
      });
      await toldBy(server);
      const slowly = [1, 2, 3, 4].map(() => '/slow');
      let pending: Promise<unknown> | undefined;
      const outcome = await server.during(
        async () => {
          pending = Promise.all(slowly.map(async (path) => ask(server.url + path)));
          await mixed(100, async (path) => ask(server.url + path));
        },
        { drainMs: 50 },
      );
      await pending;
      return outcome;
    },
    holds(t, outcome) {
      isNamed(t, outcome);
      t.notOk('/slow' in outcome.routes, 'a request that has not ended is of no route');
      t.ok(
        outcome.unknownBytes > 10 * THING_BYTES,
        `${outcome.unknownBytes} bytes of them are not attributed`,
      );
    },
  },
  'requests that began before the window': {
    async run() {
      const kept: unknown[] = [];
      const server = await windowedServer({
        '/early': async (_request, response) => {
          for (let i = 0; i < 50; i += 1) {
            await delay(5);
            kept.push(thing());
          }
          response.end('ok');
        },
        '/frees': (_request, response) => response.end('ok'),
      });
      await warm(server, async (rounds) => mixed(rounds, async (path) => ask(server.url + path), ['/frees']));
      const early = Promise.all(['/early', '/early'].map(async (path) => ask(server.url + path)));
      await delay(20);
      return server.during(async () => {
        await mixed(100, async (path) => ask(server.url + path), ['/frees']);
        await early;
      });
    },
    holds(t, outcome) {
      isInnocent(t, outcome, '/frees');
      t.notOk('/early' in outcome.routes);
    },
  },
  'two servers in one process, of which one has a window': {
    async run() {
      const kept: unknown[] = [];
      const other = await windowedServer({
        '/other': async (_request, response) => {
          await delay(1);
          kept.push(thing());
          response.end('ok');
        },
      });
      const server = await windowedServer({
        '/frees': async (_request, response) => {
          await delay(1);
          response.end('ok');
        },
      });
      const traffic = async (rounds: number): Promise<unknown> =>
        Promise.all([
          mixed(rounds, async (path) => ask(server.url + path), ['/frees']),
          mixed(rounds, async (path) => ask(other.url + path), ['/other']),
        ]);
      await warm(server, traffic);
      let refusal: unknown;
      const outcome = await server.during(async () => {
        refusal = await other.during(async () => undefined).catch((error: Error) => error.message);
        await traffic(100);
      });
      const after = await other.during(async () => traffic(100));
      return { ...outcome, notes: { refusal, after: after.routes } };
    },
    holds(t, outcome) {
      isInnocent(t, outcome, '/frees');
      t.same(Object.keys(outcome.routes), ['/frees']);
      t.match(outcome.notes['refusal'], /a retention window is open/, 'one at a time in a process');
      const { '/other': keeps } = outcome.notes['after'] as typeof outcome.routes;
      t.ok(keeps!.bytesPerRequest.low > THING_BYTES / 3, 'the other has its turn later');
    },
  },
  'the storage and the hooks of the application': {
    async run() {
      const storage = new AsyncLocalStorage<{ readonly id: number }>();
      let ids = 0;
      let wrong = 0;
      const seen = { in: new Set<string>(), out: new Set<string>() };
      let isOpen = false;
      const hook = createHook({
        init(_id, type) {
          seen[isOpen ? 'in' : 'out'].add(type);
        },
        before() {
          if (storage.getStore() === null || executionAsyncResource() === undefined) wrong += 1;
        },
      }).enable();
      const server = await windowedServer(
        pair((keep) => (_request, response) => {
          if (storage.getStore() !== undefined) wrong += 1;
          const id = (ids += 1);
          storage.run({ id }, async () => {
            const check = (): void => void (storage.getStore()?.id === id || (wrong += 1));
            await delay(1);
            check();
            setImmediate(check);
            process.nextTick(check);
            storage.exit(() => storage.getStore() === undefined || (wrong += 1));
            storage.enterWith({ id });
            await Promise.resolve().then(check);
            keep(thing());
            check();
            response.on('close', check);
            response.end('ok');
          });
          if (storage.getStore() !== undefined) wrong += 1;
        }),
      );
      await mixed(20, async (path) => ask(server.url + path));
      const inWindow = await toldBy({
        url: server.url,
        async during(traffic) {
          isOpen = true;
          const told = await server.during(traffic);
          isOpen = false;
          return told;
        },
      });
      await mixed(100, async (path) => ask(server.url + path));
      hook.disable();
      return { ...inWindow, notes: { wrong, ours: [...seen.in].filter((type) => !seen.out.has(type)) } };
    },
    holds(t, outcome) {
      isNamed(t, outcome);
      t.same(outcome.notes, { wrong: 0, ours: [] });
    },
  },
  'domains of the application': {
    async run() {
      const { create } = await import('node:domain');
      let caught = 0;
      const handler =
        (keep: Keep): Handler =>
        (_request, response) => {
          const domain = create();
          domain.on('error', () => {
            caught += 1;
            keep(thing());
            response.end('ok');
          });
          domain.run(() =>
            setTimeout(() => {
              throw new Error('for the domain');
            }, 1),
          );
        };
      const outcome = await toldOf(handler);
      return { ...outcome, notes: { caught } };
    },
    holds(t, outcome) {
      isNamed(t, outcome);
      t.same(outcome.notes, { caught: 360 });
    },
  },
  'resources of the application': {
    async run() {
      const theirs = new AsyncLocalStorage<number>();
      const hook = createHook({ before: () => undefined });
      const { url, during } = await windowedServer({
        '/plain': async (_request, response) => response.end(await keysThen()),
        '/stored': async (_request, response) => response.end(await theirs.run(1, keysThen)),
      });
      const keys = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
      const plain = await keys('/plain');
      hook.enable();
      const stored = await keys('/stored');
      hook.disable();
      theirs.disable();
      let inWindow: unknown;
      await during(async () => (inWindow = await keys('/plain')));
      return { ...NOTHING, notes: { plain, stored, inWindow, after: await keys('/plain') } };
    },
    holds(t, { notes }) {
      const { plain, stored, inWindow, after } = notes as Record<string, string[]>;
      t.same(
        inWindow!.filter((key) => !stored!.includes(key)),
        [],
        'no more than a storage and a hook of theirs leave',
      );
      t.same(after, plain);
    },
  },
  'a window that is stopped in the middle of requests': {
    async run() {
      const { url } = await windowedServer({ '/frees': (_request, response) => response.end('ok') });
      const lease = acquire({ samplingIntervalBytes: 2 ** 19, stackDepth: 32 });
      const storage = new AsyncLocalStorage<number>();
      const seen: unknown[] = [];
      await lease.sampleFinely({
        samplingIntervalBytes: 512,
        async work() {
          const window = openWindow(
            { samplingIntervalBytes: 512, openMs: 60_000, drainMs: 60_000, maxMarkBytes: 2 ** 20 },
            systemClock,
          );
          const slot = window.begin();
          const ended = new Promise<void>((resolve) => {
            window.run(slot, () =>
              storage.run(7, async () => {
                await window.done;
                await delay(1);
                seen.push(storage.getStore());
                resolve();
              }),
            );
          });
          await ask(`${url}/frees`);
          window.stop();
          seen.push(await window.done, window.routeOf(slot));
          await ended;
        },
      });
      lease.release();
      return { ...NOTHING, notes: { seen } };
    },
    holds(t, { notes }) {
      t.same(notes, { seen: ['stopped', undefined, 7] });
    },
  },
};
