import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { RoutesAnswer } from './schemas/answers.js';
import { refusals } from './schemas/common.js';
import type { RouteSort } from '../src/report/views/routes-view.js';

interface Query {
  readonly sort?: RouteSort;
  readonly limit?: number;
}

export function routesRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/memory/routes',
    {
      config: { tidemark: { role: 'read' } },
      schema: {
        summary: 'Which routes keep memory',
        description: 'Costs nothing. Heap deltas come only from requests that ran alone and without a GC.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            sort: Type.Optional(Type.Enum(['retained', 'requests', 'duration', 'delta'], { type: 'string' })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
            format: Type.Optional(Type.Enum(['json', 'text'], { type: 'string' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: RoutesAnswer, ...refusals },
      },
    },
    async (request) => {
      const { sort = 'retained', limit = 50 } = request.query;
      return app.tidemark.routes(request.curlTarget(), sort, limit);
    },
  );
}
