import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { TidemarkError, type ErrorCode } from '../../src/base/errors.js';

/** How often one client may use a route. */
export interface Limit {
  /** Names the counter, also in a shared store; routes with the same name share it. */
  readonly name: string;
  readonly max: number;
  readonly timeWindowMs: number;
  readonly refusal: ErrorCode;
  readonly keyOf: (request: FastifyRequest) => string;
  /** Limits only requests for which this is true; all by default. */
  readonly appliesTo?: ((request: FastifyRequest) => boolean) | undefined;
}

export interface Limiter {
  /** Limits a route that is being added: call it from an `onRoute` hook, once per route. */
  limit(route: RouteOptions, limit: Limit): void;
}

export interface LimiterSettings {
  /** An ioredis client, so that several machines share their counts. */
  readonly redis?: unknown;
  readonly clock?: Clock;
}

type Counter = ReturnType<FastifyInstance['createRateLimit']>;

interface Standing {
  readonly max: number;
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
  readonly exceeded: boolean;
}

/** About 5 MB when all are in use. */
const LOCAL_CLIENTS = 20_000;
/** How long a request waits for the shared store. */
const STORE_TIMEOUT_MS = 250;
/** Pause after the shared store failed; then one request tests whether it is back. */
const STORE_RETRY_MS = 5000;

const kLimit = Symbol('tidemark.limit');

function limitOf(request: FastifyRequest): Limit {
  return (request.routeOptions.config as unknown as { readonly [kLimit]: Limit })[kLimit];
}

/** Registers `@fastify/rate-limit` in its own scope, without routes, and returns its counter. */
async function createCounter(app: FastifyInstance, store: RateLimitPluginOptions): Promise<Counter> {
  let counter: Counter | undefined;
  await app.register(async (scope) => {
    // A host that has registered the package itself shares its decorators with every scope. Fastify allows a scope to
    // redefine them, but the package checks first, and `createRateLimit` would count in the host's store.
    scope.hasDecorator = (name) => Object.hasOwn(scope, name);
    await scope.register(rateLimit, {
      global: false,
      keyGenerator: (request) => `${limitOf(request).name}:${limitOf(request).keyOf(request)}`,
      max: (request) => limitOf(request).max,
      timeWindow: (request) => limitOf(request).timeWindowMs,
      ...store,
    });
    counter = scope.createRateLimit();
  });
  return counter!;
}

async function count(counter: Counter, request: FastifyRequest): Promise<Standing> {
  const state = await counter(request);
  if (state.isAllowed) throw new Error('there is no allow list, so nobody can be on it');
  const { max, remaining, ttlInSeconds, isExceeded } = state;
  return { max, remaining, resetSeconds: Math.max(1, ttlInSeconds), exceeded: isExceeded };
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`no answer from the rate-limit store in ${STORE_TIMEOUT_MS} ms`);
    timer = setTimeout(() => reject(error), STORE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Rate limits with `@fastify/rate-limit`. If its Redis fails, the package answers 500 or (`skipOnError`) counts
 * nothing, and it waits as long as the client queues commands. Here every request is also counted locally, the shared
 * store is asked second with a timeout, and during an outage the local count applies.
 */
export async function createLimiter(
  app: FastifyInstance,
  { redis, clock = systemClock }: LimiterSettings,
): Promise<Limiter> {
  const local = await createCounter(app, { cache: LOCAL_CLIENTS });
  const shared =
    redis === undefined ? undefined : await createCounter(app, { redis, nameSpace: 'tidemark:rate:' });
  let storeIsOut = false;
  let storeRestsUntil = -Infinity;

  async function countShared(counter: Counter, request: FastifyRequest): Promise<Standing | undefined> {
    const startedMs = clock.monotonic();
    if (startedMs < storeRestsUntil) return undefined;
    if (storeIsOut) storeRestsUntil = startedMs + STORE_RETRY_MS;
    try {
      const standing = await withTimeout(count(counter, request));
      storeIsOut = false;
      storeRestsUntil = -Infinity;
      return standing;
    } catch (err) {
      storeRestsUntil = clock.monotonic() + STORE_RETRY_MS;
      if (!storeIsOut) app.log.warn({ err }, 'tidemark: rate-limit store failed, the local limit holds');
      storeIsOut = true;
      return undefined;
    }
  }

  async function standingOf(request: FastifyRequest): Promise<Standing> {
    const here = await count(local, request);
    if (shared === undefined || here.exceeded) return here;
    const everywhere = await countShared(shared, request);
    // A store that lost its data knows less than this process.
    return everywhere === undefined || here.remaining < everywhere.remaining ? here : everywhere;
  }

  async function onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { appliesTo, refusal } = limitOf(request);
    if (appliesTo?.(request) === false) return;
    const { max, remaining, resetSeconds, exceeded } = await standingOf(request);
    reply.header('x-ratelimit-limit', max);
    reply.header('x-ratelimit-remaining', remaining);
    reply.header('x-ratelimit-reset', resetSeconds);
    if (!exceeded) return;
    reply.header('retry-after', resetSeconds);
    throw new TidemarkError(refusal, {
      reason: `${max} are allowed in a window, the next one begins in ${resetSeconds} s`,
      retryAfterSeconds: resetSeconds,
    });
  }

  return {
    limit(route, limit) {
      const config = { ...route.config, [kLimit]: limit };
      route.config = config as NonNullable<RouteOptions['config']>;
      // A new list, because Fastify also passes the old one to the HEAD route that it makes of a GET.
      route.onRequest = [route.onRequest ?? [], onRequest].flat();
    },
  };
}
