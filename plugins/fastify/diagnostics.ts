import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ResolvedOptions } from '../../src/config/options.js';
import type { Pending } from '../../src/answers/operations/build.js';
import { toText } from '../../src/answers/render/old-values.js';
import { registerAudit } from './audit.js';
import type { AccessGuard } from './access.js';
import { curlTargetOf } from './curl-target.js';
import { reachedBy, withCommands } from './commands.js';
import { chooseFormat } from './formats.js';
import { diagnosticsErrorHandler } from './error-handler.js';
import { readInput } from './input.js';
import type { Limiter } from './limiter.js';

export type RouteModule = (app: FastifyInstance) => void;

export interface DiagnosticsOptions {
  readonly options: ResolvedOptions;
  readonly access: AccessGuard;
  readonly limiter: Limiter;
  readonly routes: readonly RouteModule[];
}

/** Prepares a scope for diagnostic routes: who may call, what it costs, how it answers and fails. */
export function serveDiagnostics(
  scope: FastifyInstance,
  { options, access, limiter, routes }: DiagnosticsOptions,
): void {
  scope.setErrorHandler(diagnosticsErrorHandler);
  readInput(scope);
  // Response schemas describe and are tested; a serializer made from them would silently drop what they forgot.
  scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  scope.decorateRequest('curlTarget', function curlTarget() {
    return curlTargetOf(this, options.prefix, access.callerOf(this)?.role);
  });

  scope.decorateReply('sendPending', sendPending);

  registerAudit(scope, access, () => scope.tidemark.core.cost().pauseSeconds * 1000);
  scope.addHook('onRequest', access.onRequest);
  limitExpensive(scope, limiter, access, options.rateLimit);

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

/** Limits the rate of routes whose config names an expensive operation, for each token or peer. */
export function limitExpensive(
  scope: FastifyInstance,
  limiter: Limiter,
  { keyOf }: AccessGuard,
  { max, timeWindowSeconds }: Pick<ResolvedOptions['rateLimit'], 'max' | 'timeWindowSeconds'>,
): void {
  const limit = {
    max,
    timeWindowMs: Math.trunc(timeWindowSeconds * 1000),
    refusal: 'TIDEMARK_ERR_COST_RATE',
    keyOf,
  } as const;
  scope.addHook('onRoute', (route) => {
    const { expensive: name, expensiveWhen: appliesTo } = route.config?.tidemark ?? {};
    if (name !== undefined) limiter.limit(route, { ...limit, name, appliesTo });
  });
}

/** The answer, or 202 with the operation that finds it. */
function sendPending(this: FastifyReply, pending: Pending): FastifyReply {
  if (pending.state === 'ready') return this.send(pending.answer);
  const { pathname } = new URL(this.request.curlTarget().base);
  const location = `${pathname.replace(/\/$/, '')}/memory/operations/${pending.operation.id}`;
  return this.code(202).header('location', location).send(pending.operation);
}

/** `?format=text`, or an Accept header that names text/plain; the `*` that curl sends means JSON. */
function wantsText(query: unknown, accept: string | undefined): boolean {
  const format = (query as { format?: unknown } | undefined)?.format;
  if (format !== undefined) return format === 'text';
  return accept !== undefined && /(^|,)\s*text\/plain\b/.test(accept);
}
