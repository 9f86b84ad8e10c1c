import type { FastifyInstance } from 'fastify';
import type { ResolvedOptions } from '../../src/config/options.js';
import type { Pending } from '../../src/answers/operations/build.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import { registerAudit } from './audit.js';
import type { AccessGuard } from './access.js';
import { reachedBy, withCommands } from './commands.js';
import { chooseFormat } from './formats.js';
import { diagnosticsErrorHandler } from './error-handler.js';
import { readInput } from './input.js';
import type { Limiter } from './limiter.js';

export interface DiagnosticsOptions {
  readonly options: ResolvedOptions;
  readonly runtime: Runtime;
  readonly access: AccessGuard;
  readonly limiter: Limiter;
  readonly routes: readonly ((scope: FastifyInstance, runtime: Runtime) => void)[];
}

/** Prepares a scope for diagnostic routes: access, cost, answers and errors. */
export function serveDiagnostics(
  scope: FastifyInstance,
  { options, runtime, access, limiter, routes }: DiagnosticsOptions,
): void {
  scope.setErrorHandler(diagnosticsErrorHandler);
  readInput(scope);
  // Response schemas describe and are tested; a serializer made from them would silently drop the fields they lack.
  scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  scope.decorateReply('sendPending', function sendPending(pending: Pending) {
    if (pending.state === 'ready') return this.send(pending.answer);
    const location = `${options.prefix}/memory/operations/${pending.operation.id}`;
    return this.code(202).header('location', location).send(pending.operation);
  });

  registerAudit(scope, access, () => runtime.core.cost().pauseSeconds * 1000);
  scope.addHook('onRequest', access.onRequest);
  limitExpensive(scope, limiter, access, options.rateLimit);

  scope.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  scope.addHook('preSerialization', async (request, reply, answer) => {
    chooseFormat(request, reply);
    return withCommands(answer, reachedBy(request, options.prefix, access.callerOf(request)?.role));
  });

  for (const route of routes) route(scope, runtime);
}

/** Limits the rate of routes whose config names an expensive operation, per token or peer. */
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
