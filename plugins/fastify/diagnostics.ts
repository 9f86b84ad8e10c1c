import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ResolvedOptions } from '../../src/config/options.js';
import type { Pending } from '../../src/answers/snapshots/pending.js';
import { toText } from '../../src/answers/render/old-values.js';
import { registerAudit } from './audit.js';
import type { AccessGuard } from './access.js';
import { registerCost } from './cost.js';
import { curlTargetOf } from './curl-target.js';
import { reachedBy, withCommands } from './commands.js';
import { chooseFormat } from './formats.js';
import { diagnosticsErrorHandler } from './error-handler.js';
import { parseBodies } from './body-parser.js';
import { compileSchema } from './schema-validation.js';

export type RouteModule = (app: FastifyInstance) => void;

export interface DiagnosticsOptions {
  readonly options: ResolvedOptions;
  readonly access: AccessGuard;
  readonly routes: readonly RouteModule[];
}

/** Prepares a scope for diagnostic routes: who may call, what it costs, how it answers and fails. */
export function serveDiagnostics(
  scope: FastifyInstance,
  { options, access, routes }: DiagnosticsOptions,
): void {
  scope.setErrorHandler(diagnosticsErrorHandler);
  scope.setValidatorCompiler(compileSchema);
  parseBodies(scope);
  // Response schemas describe and are tested; a serializer made from them would silently drop what they forgot.
  scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  scope.decorateRequest('curlTarget', function curlTarget() {
    return curlTargetOf(this, options.prefix, access.callerOf(this)?.role);
  });

  scope.decorateReply('sendPending', sendPending);

  scope.addHook('onRequest', access.onRequest);
  registerCost(scope, { options, access });
  registerAudit(scope, access, () => scope.tidemark.core.cost().pauseSeconds * 1000);

  scope.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  scope.addHook('preSerialization', async (request, reply, answer) => {
    if (request.routeOptions.config.tidemark?.blocks === undefined && reply.statusCode !== 202) {
      // Until every answer has blocks.
      if (wantsText(request.query, request.headers.accept)) {
        reply.type('text/plain; charset=utf-8').serializer(toText);
      }
      return answer;
    }
    chooseFormat(request, reply);
    return withCommands(answer, reachedBy(request, options.prefix, access.callerOf(request)?.role));
  });

  for (const route of routes) route(scope);
}

/** The answer, or 202 with the operation that finds it. */
function sendPending(this: FastifyReply, pending: Pending): FastifyReply {
  if (pending.kind === 'answer') return this.send(pending.answer);
  const { pathname } = new URL(this.request.curlTarget().base);
  const location = `${pathname.replace(/\/$/, '')}/memory/operations/${pending.id}`;
  return this.code(202).header('location', location).send(pending.answer);
}

/** `?format=text`, or an Accept header that names text/plain; the `*` that curl sends means JSON. */
function wantsText(query: unknown, accept: string | undefined): boolean {
  const format = (query as { format?: unknown } | undefined)?.format;
  if (format !== undefined) return format === 'text';
  return accept !== undefined && /(^|,)\s*text\/plain\b/.test(accept);
}
