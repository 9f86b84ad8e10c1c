import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createAccessGuard, type AccessOptions } from '../../plugins/fastify/access.js';
import { diagnosticsErrorHandler } from '../../plugins/fastify/error-handler.js';

export const tokens: AccessOptions['token'] = [
  { token: 'reader-secret', role: 'read', name: 'grafana' },
  { token: 'operator-secret', role: 'operate', name: 'oncall' },
];

function asksForGc(request: FastifyRequest): boolean {
  return (request.query as { gc?: string }).gc === '1';
}

/** A host application with a diagnostics scope of open, read, operate and expensive routes. */
export function addDiagnostics(app: FastifyInstance, options: Partial<AccessOptions>): void {
  const guard = createAccessGuard({ token: [], allowedHosts: [], ...options });
  app.get('/public', async (request) => ({ authorized: await guard.isAuthorized(request) }));
  void app.register(async (scope) => {
    scope.setErrorHandler(diagnosticsErrorHandler);
    scope.addHook('onRequest', guard.onRequest);
    scope.get('/open', async (request) => ({ caller: guard.callerOf(request) ?? null }));
    scope.get('/profile', { config: { tidemark: { role: 'read', expensive: 'profile' } } }, async () => ({}));
    const tidemark = { role: 'read', expensive: 'gc', expensiveWhen: asksForGc } as const;
    scope.get('/verdict', { config: { tidemark } }, async () => ({}));
    scope.get('/read', { config: { tidemark: { role: 'read' } } }, async (request) =>
      guard.callerOf(request),
    );
    for (const method of ['GET', 'POST'] as const) {
      scope.route({
        method,
        url: '/operate',
        config: { tidemark: { role: 'operate' } },
        handler: async (request) => guard.callerOf(request),
      });
    }
  });
}
