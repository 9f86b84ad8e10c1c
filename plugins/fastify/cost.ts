import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyRequest,
  onRequestAsyncHookHandler,
} from 'fastify';
import type { Role } from '../../src/access/roles.js';
import { systemClock, type Clock } from '../../src/base/clock.js';
import type { AccessGuard } from './access.js';
import { limitHook } from './limit-hook.js';
import { createLimiter } from './limiter.js';
import { peerAddress } from './peer-address.js';
import { addOnRequest } from './route-hooks.js';

/** The part of the resolved options that limits expensive routes. */
export interface CostOptions {
  readonly rateLimit: {
    readonly max: number;
    readonly timeWindowSeconds: number;
    readonly redis?: unknown;
  };
}

export interface CostSettings {
  readonly options: CostOptions;
  readonly access: AccessGuard;
  readonly clock?: Clock;
}

/** The config of an expensive route. */
export function expensive(name: string, role: Role = 'operate'): FastifyContextConfig {
  return { tidemark: { role, expensive: name } };
}

function onlyWhen(
  when: ((request: FastifyRequest) => boolean) | undefined,
  hook: onRequestAsyncHookHandler,
): onRequestAsyncHookHandler {
  if (when === undefined) return hook;
  return async function limitSome(request, reply) {
    if (when(request)) await hook.call(this, request, reply);
  };
}

/**
 * Limits the rate of routes in this scope whose config names an expensive operation, for each token or peer; register it
 * before the routes. Routes that name one operation share a counter.
 */
export function registerCost(
  scope: FastifyInstance,
  { options, access, clock = systemClock }: CostSettings,
): void {
  const { max, timeWindowSeconds, redis } = options.rateLimit;
  const limiter = createLimiter({
    clock,
    redis,
    onStoreError: (err) =>
      scope.log.warn({ err }, 'tidemark: rate-limit store failed, the local limit holds'),
  });
  const hooks = new Map<string, ReturnType<typeof limitHook>>();
  const keyOf = (request: FastifyRequest): string =>
    access.callerOf(request)?.key ?? `peer:${peerAddress(request) ?? 'unix'}`;

  scope.addHook('onRoute', (route) => {
    const name = route.config?.tidemark?.expensive;
    if (name === undefined) return;
    let hook = hooks.get(name);
    if (hook === undefined) {
      const limit = limiter.add({ name, max, timeWindowMs: timeWindowSeconds * 1000, keyOf });
      hook = limitHook(limit, 'TIDEMARK_ERR_COST_RATE');
      hooks.set(name, hook);
    }
    addOnRequest(route, onlyWhen(route.config?.tidemark?.expensiveWhen, hook));
  });
  scope.addHook('onReady', () => limiter.start());
  scope.addHook('onClose', () => limiter.stop());
}
