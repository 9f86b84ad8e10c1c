import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../src/runtime/runtime.js';
import { EmptyQuery } from '../src/answers/common.js';
import { fileOf } from './schemas/media.js';
import { openRefusals, refusals } from './schemas/refusals.js';

/** Open by default: it tells aggregates and route patterns only. */
export function metricsRoute(
  app: FastifyInstance,
  { core, metrics }: Pick<Runtime, 'core' | 'metrics'>,
): void {
  const { path, access } = core.options.metrics;
  app.get(
    path,
    {
      config: { tidemark: access === 'protected' ? { role: 'read' } : {} },
      schema: {
        summary: 'Metrics for Prometheus',
        description:
          'Costs nothing: no probe runs and nothing is reset. Prometheus text, or OpenMetrics when the Accept header asks for it.',
        tags: ['diagnostics'],
        querystring: EmptyQuery,
        response: {
          200: fileOf('All series.', 'text/plain', 'application/openmetrics-text'),
          ...(access === 'protected' ? refusals : openRefusals),
        },
      },
    },
    async (request, reply) => {
      const { accept } = request.headers;
      reply.type(metrics!.contentType(accept)).serializer(String);
      return metrics!.render(accept);
    },
  );
}
