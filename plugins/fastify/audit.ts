import type { FastifyInstance } from 'fastify';
import { wasAnswered } from '../../src/requests/recording.js';
import { peerAddress, type AccessGuard } from './access.js';
import { roleFor } from './route-config.js';

export type AuditOutcome = 'ok' | 'refused' | 'failed' | 'aborted';

/** One use of an `operate` endpoint, logged under the key `audit`. */
export interface AuditRecord {
  /** The token's name, `loopback`, `authorize`, or `unknown` for a refused caller. */
  readonly who: string;
  readonly peer: string | undefined;
  /** Method and route pattern. */
  readonly what: string;
  readonly outcome: AuditOutcome;
  /** Absent if the client disconnected before an answer. */
  readonly statusCode: number | undefined;
  /** Milliseconds for which the serving thread was blocked meanwhile; 0 if nothing ran. */
  readonly costMs: number;
  readonly durationMs: number;
}

function outcomeOf(statusCode: number | undefined): AuditOutcome {
  if (statusCode === undefined) return 'aborted';
  if (statusCode < 400) return 'ok';
  return statusCode < 500 || statusCode === 503 ? 'refused' : 'failed';
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/**
 * Logs one structured line for every request of this scope that needs the role `operate`, including refused ones and
 * those whose client disconnected early. Call it before adding the access hook, which ends refused requests.
 * @param blockedMs milliseconds that diagnostics have blocked so far; its increase during a request is the request's
 *   cost, as one expensive operation runs at a time
 */
export function registerAudit(scope: FastifyInstance, access: AccessGuard, blockedMs: () => number): void {
  scope.addHook('onRequest', (request, reply, done) => {
    const blockedBefore = blockedMs();
    // A closed socket has no address.
    const peer = peerAddress(request);
    reply.raw.once('close', () => {
      if (roleFor(request, request.routeOptions.config.tidemark ?? {}) !== 'operate') return;
      const statusCode = wasAnswered(reply.raw) ? reply.statusCode : undefined;
      const audit: AuditRecord = {
        who: access.callerOf(request)?.name ?? 'unknown',
        peer,
        what: `${request.method} ${request.routeOptions.url ?? ''}`,
        outcome: outcomeOf(statusCode),
        statusCode,
        costMs: round(blockedMs() - blockedBefore),
        durationMs: round(reply.elapsedTime),
      };
      request.log.info({ audit }, 'tidemark: operate endpoint used');
    });
    done();
  });
}
