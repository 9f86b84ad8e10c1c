import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessGuard } from './access.js';
import { roleFor } from './route-config.js';
import { peerAddress } from './peer-address.js';
import { addOnRequest, addOnResponse } from './route-hooks.js';

export type AuditOutcome = 'ok' | 'refused' | 'failed' | 'aborted';

/** One use of an `operate` endpoint, logged under the key `audit`. */
export interface AuditRecord {
  /** The token's name, `loopback`, `authorize`, or `unknown` for a caller who was not let in. */
  readonly who: string;
  readonly peer: string | undefined;
  /** Method and route pattern. */
  readonly what: string;
  readonly outcome: AuditOutcome;
  /** Nothing when the client left before there was an answer. */
  readonly statusCode: number | undefined;
  /** Milliseconds the serving thread was blocked for it; 0 when nothing was run. */
  readonly costMs: number;
  readonly durationMs: number;
}

export interface AuditTrail {
  /** Says what the operation behind this request cost. */
  cost(request: FastifyRequest, blockedMs: number): void;
}

function outcomeOf(statusCode: number): AuditOutcome {
  if (statusCode < 400) return 'ok';
  return statusCode < 500 || statusCode === 503 ? 'refused' : 'failed';
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/**
 * Logs one structured line for every use of a route in this scope whose config declares `operate`, refused ones and
 * ones whose client left early included. (Fastify's `onRequestAbort` misses requests whose body was already read.)
 * @param blockedMs all milliseconds that diagnostics have blocked so far: what it grew by while a request ran is the
 *   request's cost, unless {@link AuditTrail.cost} was told better. One expensive operation runs at a time.
 */
export function registerAudit(
  scope: FastifyInstance,
  access: AccessGuard,
  blockedMs?: () => number,
): AuditTrail {
  const costs = new WeakMap<FastifyRequest, number>();
  const blockedBefore = new WeakMap<FastifyRequest, number>();
  const logged = new WeakSet<FastifyRequest>();

  function costOf(request: FastifyRequest): number {
    const told = costs.get(request);
    if (told !== undefined) return told;
    const before = blockedBefore.get(request);
    return before === undefined || blockedMs === undefined ? 0 : blockedMs() - before;
  }

  function log(request: FastifyRequest, reply: FastifyReply, statusCode: number | undefined): void {
    if (logged.has(request)) return;
    if (roleFor(request, request.routeOptions.config?.tidemark ?? {}) !== 'operate') return;
    logged.add(request);
    const audit: AuditRecord = {
      who: access.callerOf(request)?.name ?? 'unknown',
      peer: peerAddress(request),
      what: `${request.method} ${request.routeOptions.url ?? ''}`,
      outcome: statusCode === undefined ? 'aborted' : outcomeOf(statusCode),
      statusCode,
      costMs: round(costOf(request)),
      durationMs: round(reply.elapsedTime),
    };
    request.log.info({ audit }, 'tidemark: operate endpoint used');
  }

  function onRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (blockedMs !== undefined) blockedBefore.set(request, blockedMs());
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) log(request, reply, undefined);
    });
    done();
  }

  function onResponse(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    log(request, reply, reply.statusCode);
    done();
  }

  scope.addHook('onRoute', (route) => {
    const { role, operateWhen } = route.config?.tidemark ?? {};
    if (role !== 'operate' && operateWhen === undefined) return;
    addOnRequest(route, onRequest);
    addOnResponse(route, onResponse);
  });

  return {
    cost(request, blockedMs) {
      costs.set(request, (costs.get(request) ?? 0) + blockedMs);
    },
  };
}
