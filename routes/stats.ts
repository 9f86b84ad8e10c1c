import type { FastifyInstance } from 'fastify';
import { StatsAnswer } from './schemas/answers.js';
import { FormatQuery, refusals } from './schemas/common.js';

export function statsRoute(app: FastifyInstance): void {
  app.get(
    '/memory/stats',
    {
      config: { tidemark: { role: 'read' } },
      schema: {
        summary: 'Where the memory is',
        description: 'Costs nothing: reads the newest sample.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        response: { 200: StatsAnswer, ...refusals },
      },
    },
    async (request) => app.tidemark.stats(request.curlTarget()),
  );
}
