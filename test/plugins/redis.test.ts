import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { plugged } from '../helpers/plugged-app.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { requiredTool } from '../helpers/required-tool.js';

// They mostly wait for what they took away to come back.
t.jobs = 3;
const { path = '', skip } = requiredTool('redis-server');
const MAX = 4;
/** How long the limiter lets a request wait for the store, and what a busy machine may add. */
const DEADLINE_MS = 250;
const SLACK_MS = 1500;

interface Answer {
  readonly status: number;
  readonly remaining: number;
  readonly code: unknown;
  readonly tookMs: number;
}

/** One of several machines: an application with a Redis client of its own. */
async function serve(t: Test, { socketPath }: RedisServer, { enableOfflineQueue = true } = {}) {
  const redis = new Redis({ path: socketPath, enableOfflineQueue });
  redis.on('error', () => undefined);
  t.teardown(() => redis.disconnect());
  const lines: string[] = [];
  const { app, base } = await plugged(
    t,
    (app) => app.get('/export', { config: { export: true } }, async () => ({})),
    {
      server: {
        trustProxy: true,
        logger: { level: 'warn', stream: { write: (line) => void lines.push(line) } },
      },
      tidemark: {
        rateLimit: { max: MAX, timeWindowSeconds: 60, redis },
        exports: { max: MAX, timeWindowSeconds: 60 },
        // A loaded machine is not what is tested here.
        cost: { maxEventLoopUtilization: 1 },
      },
    },
  );
  const call = async (method: 'GET' | 'POST', path: string, client?: string): Promise<Answer> => {
    const startedMs = performance.now();
    const headers = client === undefined ? {} : { 'x-forwarded-for': client };
    const answer = await request(base + path, { method, headers });
    const { code } = (await answer.body.json()) as { code?: unknown };
    return {
      status: answer.statusCode,
      remaining: Number(answer.headers['x-ratelimit-remaining']),
      code,
      tookMs: performance.now() - startedMs,
    };
  };
  return {
    app,
    redis,
    /** Of the rate-limit store only; a busy machine gives other reasons to warn. */
    complaints: () => lines.filter((line) => line.includes('rate-limit store')),
    exportTo: (client: string) => call('GET', '/export', client),
    collect: () => call('POST', '/memory/gc'),
  };
}

type Server = Awaited<ReturnType<typeof serve>>;

/** Waits until one server knows what the other one counted; every try is a client that nobody knows yet. */
async function untilShared(one: Server, two: Server, subnet: string): Promise<void> {
  for (let host = 1; host < 250; host += 1) {
    await one.exportTo(`${subnet}.${host}`);
    if ((await two.exportTo(`${subnet}.${host}`)).remaining === MAX - 2) return;
    await delay(100);
  }
  throw new Error('the limit was not shared again');
}

t.test(
  'servers share the limit of an expensive route and of an export',
  { skip, buffered: true },
  async (t) => {
    const server = await startRedis(t, path);
    const [one, two] = await Promise.all([serve(t, server), serve(t, server)]);
    for (const ask of [(to: Server) => to.collect(), (to: Server) => to.exportTo('10.0.0.1')]) {
      for (const [i, to] of [one, two, two, one].entries()) {
        t.match(await ask(to), { status: 200, remaining: MAX - 1 - i });
      }
      for (const to of [one, two]) {
        t.match(await ask(to), { status: 429, remaining: 0, code: /^TIDEMARK_ERR_(COST|EXPORT)_RATE$/ });
      }
    }
    t.equal((await two.exportTo('10.0.0.2')).status, 200, 'another client');
    const keys = await one.redis.keys('tidemark:rate:*');
    t.equal(keys.length, 3);
    for (const key of keys) {
      const leftMs = await one.redis.pttl(key);
      t.ok(leftMs > 0 && leftMs <= 60_000, `${key} expires in ${leftMs} ms`);
    }
    t.same([...one.complaints(), ...two.complaints()], []);
  },
);

t.test(
  'while Redis is dead the local limit holds, and then the shared one again',
  { skip, buffered: true },
  async (t) => {
    const server = await startRedis(t, path);
    // With an offline queue a command waits for the connection, without one it fails at once.
    const pairs = await Promise.all(
      [true, false].map(async (enableOfflineQueue, i) => {
        const clients = await Promise.all([0, 1].map(() => serve(t, server, { enableOfflineQueue })));
        for (const { redis } of clients)
          if (redis.status !== 'ready') await new Promise((done) => redis.once('ready', done));
        return {
          name: `offline queue ${enableOfflineQueue}`,
          subnet: `10.1.${i}`,
          one: clients[0]!,
          two: clients[1]!,
        };
      }),
    );
    for (const { name, subnet, one, two } of pairs) {
      t.match(await one.exportTo(`${subnet}.0`), { status: 200, remaining: 3 }, name);
      t.match(await two.exportTo(`${subnet}.0`), { status: 200, remaining: 2 }, name);
    }
    await server.kill();
    for (const { name, subnet, one, two } of pairs) {
      for (const to of [one, two]) {
        for (let remaining = MAX - 2; remaining >= 0; remaining -= 1) {
          const answer = await to.exportTo(`${subnet}.0`);
          t.match(
            answer,
            { status: 200, remaining },
            `${name}: what this server counted before is part of it`,
          );
          t.ok(answer.tookMs < DEADLINE_MS + SLACK_MS, `${name}: ${answer.tookMs} ms`);
        }
        t.match(await to.exportTo(`${subnet}.0`), { status: 429, code: 'TIDEMARK_ERR_EXPORT_RATE' }, name);
      }
    }
    await server.start();
    await Promise.all(pairs.map(({ one, two, subnet }) => untilShared(one, two, subnet)));
    for (const { name, subnet, one, two } of pairs) {
      t.equal(
        (await one.exportTo(`${subnet}.0`)).status,
        429,
        `${name}: what Redis forgot, this server did not`,
      );
      t.match(
        [one.complaints(), two.complaints()],
        [[/the local limit holds/], [/the local limit holds/]],
        `${name}: said once`,
      );
      t.equal(one.complaints().length + two.complaints().length, 2, name);
    }
  },
);

t.test(
  'a Redis that hangs delays one request by the deadline, and the next ones not',
  { skip, buffered: true },
  async (t) => {
    const server = await startRedis(t, path);
    const one = await serve(t, server);
    t.match(await one.exportTo('10.2.0.1'), { status: 200, remaining: MAX - 1 });
    t.teardown(() => server.resume());
    server.pause();

    const first = await one.exportTo('10.2.0.1');
    t.match(first, { status: 200, remaining: MAX - 2 });
    t.ok(first.tookMs < DEADLINE_MS + SLACK_MS, `${first.tookMs} ms`);
    const startedMs = performance.now();
    for (let i = 2; i < 20; i += 1) await one.exportTo(`10.2.0.${i}`);
    const tookMs = performance.now() - startedMs;
    t.ok(
      tookMs < DEADLINE_MS + SLACK_MS,
      `${tookMs} ms for 18 requests, each of which could have waited ${DEADLINE_MS} ms`,
    );
    t.equal((await one.collect()).status, 200, 'an expensive route, too');
    for (let i = 0; i < MAX - 2; i += 1) await one.exportTo('10.2.0.1');
    t.match(await one.exportTo('10.2.0.1'), { status: 429, code: 'TIDEMARK_ERR_EXPORT_RATE' });

    const two = await serve(t, server);
    t.match(
      await two.exportTo('10.2.1.1'),
      { status: 200, remaining: MAX - 1 },
      'a start waits for no store',
    );
    server.resume();
    await untilShared(one, two, '10.2.2');
  },
);
