import type { onRequestAsyncHookHandler } from 'fastify';
import { TidemarkError, type ErrorCode } from '../../src/base/errors.js';
import type { Limit } from './limiter.js';

/** An `onRequest` hook that counts, sets the usual `x-ratelimit-…` headers and refuses with `Retry-After`. */
export function limitHook(limit: Limit, errorCode: ErrorCode): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const { max, remaining, resetSeconds, exceeded } = await limit(request);
    reply.header('x-ratelimit-limit', max);
    reply.header('x-ratelimit-remaining', remaining);
    reply.header('x-ratelimit-reset', resetSeconds);
    if (!exceeded) return;
    reply.header('retry-after', resetSeconds);
    throw new TidemarkError(errorCode, {
      reason: `${max} are allowed in a window, the next one begins in ${resetSeconds} s`,
      retryAfterSeconds: resetSeconds,
    });
  };
}
