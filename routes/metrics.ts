import type { FastifyInstance } from 'fastify';
import { fileOf } from './schemas/answers.js';
import { refusals } from './schemas/common.js';

/** Open by default: it tells aggregates and route patterns only. */
export function metricsRoute(app: FastifyInstance): void {
  const { path, access } = app.tidemark.core.options.metrics;
  app.get(
    path,
    {
      config: { tidemark: access === 'protected' ? { role: 'read' } : {} },
      schema: {
        summary: 'Metrics for Prometheus',
        description:
          'Costs nothing: no probe runs and nothing is reset. Prometheus text, or OpenMetrics when the Accept header asks for it.',
        tags: ['diagnostics'],
        response: { 200: fileOf('text/plain', 'application/openmetrics-text'), ...refusals },
      },
    },
    async (request, reply) => {
      const { accept } = request.headers;
      reply.type(app.tidemark.metricsContentType(accept)).serializer(String);
      return app.tidemark.metrics(accept);
    },
  );
}
