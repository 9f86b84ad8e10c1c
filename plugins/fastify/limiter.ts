import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { TidemarkError } from '../../src/base/errors.js';
import type { Clock } from '../../src/base/clock.js';

export interface LimitRule {
  /** Names the counters, also in a shared store. */
  readonly name: string;
  readonly max: number;
  readonly timeWindowMs: number;
  readonly keyOf: (request: FastifyRequest) => string;
}

export interface LimitState {
  readonly max: number;
  readonly remaining: number;
  /** Seconds to the end of the window, at least 1. */
  readonly resetSeconds: number;
  readonly exceeded: boolean;
}

/** Counts a request and says where its client stands. */
export type Limit = (request: FastifyRequest) => Promise<LimitState>;

export interface LimiterSettings {
  readonly clock: Clock;
  /** An ioredis client, so that several machines count together. */
  readonly redis?: unknown;
  /** Told once an outage that the shared store did not answer; the outage ends when it does. */
  readonly onStoreError: (error: unknown) => void;
  /** How long a request waits for the shared store. */
  readonly storeTimeoutMs?: number;
  /** How long the shared store is left alone after it failed; then one request finds out whether it is back. */
  readonly storeRetryMs?: number;
}

export interface Limiter {
  add(rule: LimitRule): Limit;
  /** Builds the counters; does nothing when no rule was added. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

type Counter = ReturnType<FastifyInstance['createRateLimit']>;

const clientsPerRule = 5000;

function checkRedis(redis: unknown): void {
  if (redis === undefined) return;
  const usable =
    typeof redis === 'object' &&
    redis !== null &&
    'defineCommand' in redis &&
    typeof redis.defineCommand === 'function';
  if (usable) return;
  throw new TidemarkError('TIDEMARK_ERR_CONFIG_INVALID', {
    details: [{ path: 'rateLimit.redis', message: 'is not a Redis client', expected: 'an ioredis client' }],
  });
}

async function count(counter: Counter, request: FastifyRequest): Promise<LimitState> {
  const state = await counter(request);
  if (state.isAllowed) throw new Error('there is no allow list, so nobody can be on it');
  const { max, remaining, ttlInSeconds, isExceeded } = state;
  return { max, remaining, resetSeconds: Math.max(1, ttlInSeconds), exceeded: isExceeded };
}

async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer from the rate-limit store in ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Rate limits by `@fastify/rate-limit`, on a private Fastify instance that never listens. On the host's instance the
 * package would not be ours: it decorates only once, so that `createRateLimit` of an inner scope is the host's with the
 * host's store, and its `onRoute` hook adds the host's limiter to every route with a `config.rateLimit`.
 *
 * When its Redis fails, the package answers 500 or (`skipOnError`) counts nothing, and it waits as long as the client
 * queues commands. Here every request is also counted locally, the shared store is asked second and only for so long, and
 * while it is out the local count holds.
 */
export function createLimiter(settings: LimiterSettings): Limiter {
  const { clock, redis, onStoreError, storeTimeoutMs = 250, storeRetryMs = 5000 } = settings;
  checkRedis(redis);
  const pending: { rule: LimitRule; use: (local: Counter, shared: Counter | undefined) => void }[] = [];
  let instance: FastifyInstance | undefined;
  let storeIsOut = false;
  let storeRestsUntil = -Infinity;

  async function counterFor(owner: FastifyInstance, rule: LimitRule, store: object): Promise<Counter> {
    let counter: Counter | undefined;
    await owner.register(async (scope) => {
      await scope.register(rateLimit, {
        global: false,
        max: rule.max,
        timeWindow: rule.timeWindowMs,
        keyGenerator: rule.keyOf,
        ...store,
      });
      counter = scope.createRateLimit();
    });
    if (counter === undefined) throw new Error('the rate-limit plugin was not loaded');
    return counter;
  }

  async function countShared(shared: Counter, request: FastifyRequest): Promise<LimitState | undefined> {
    const startedMs = clock.monotonic();
    if (startedMs < storeRestsUntil) return undefined;
    if (storeIsOut) storeRestsUntil = startedMs + storeRetryMs;
    try {
      const state = await withTimeout(count(shared, request), storeTimeoutMs);
      storeIsOut = false;
      storeRestsUntil = -Infinity;
      return state;
    } catch (error) {
      storeRestsUntil = clock.monotonic() + storeRetryMs;
      if (!storeIsOut) onStoreError(error);
      storeIsOut = true;
      return undefined;
    }
  }

  return {
    add(rule) {
      let local: Counter | undefined;
      let shared: Counter | undefined;
      pending.push({
        rule,
        use(localCounter, sharedCounter) {
          local = localCounter;
          shared = sharedCounter;
        },
      });
      return async (request) => {
        if (local === undefined) throw new Error('the rate limiter was not started');
        const here = await count(local, request);
        if (shared === undefined || here.exceeded) return here;
        const everywhere = await countShared(shared, request);
        // A store that lost its data knows less than this process.
        return everywhere === undefined || here.remaining < everywhere.remaining ? here : everywhere;
      };
    },
    async start() {
      if (pending.length === 0) return;
      const owner = Fastify();
      instance = owner;
      for (const { rule, use } of pending.splice(0)) {
        const local = await counterFor(owner, rule, { cache: clientsPerRule });
        const nameSpace = `tidemark:rate:${rule.name}:`;
        use(local, redis === undefined ? undefined : await counterFor(owner, rule, { redis, nameSpace }));
      }
      await owner.ready();
    },
    async stop() {
      await instance?.close();
      instance = undefined;
    },
  };
}
