import { fileOf } from './schemas/media.js';
import { route, type RouteModule } from './schemas/route.js';

/** Open by default: it shows only aggregates and route patterns. */
export const metricsRoute: RouteModule = (app, runtime) => {
  const { path, access } = runtime.core.options.metrics;
  const serve = route({
    path,
    ...(access === 'protected' && { role: 'read' }),
    summary: 'Metrics for Prometheus',
    description:
      'Costs nothing: no probe runs and nothing is reset. Prometheus text, or OpenMetrics when the Accept header asks for it.',
    query: {},
    response: { 200: fileOf('All series.', 'text/plain', 'application/openmetrics-text') },
    handle({ metrics }, { headers: { accept } }, reply) {
      reply.type(metrics!.contentType(accept)).serializer(String);
      return metrics!.render(accept);
    },
  });
  serve(app, runtime);
};
