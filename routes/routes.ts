import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../src/answers/common.js';
import { answerOf } from './schemas/media.js';
import { featureRefusals, refusals } from './schemas/refusals.js';
import { RoutesAnswer } from '../src/answers/routes/schema.js';
import type { RouteSort } from '../src/answers/routes/build.js';
import { routesBlocks } from '../src/answers/routes/blocks.js';

interface Query {
  readonly sort?: RouteSort;
  readonly limit?: number;
}

export function routesRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/memory/routes',
    {
      config: { tidemark: { role: 'read', blocks: routesBlocks } },
      schema: {
        summary: 'Which routes keep memory',
        description: 'Costs nothing. Heap deltas come only from requests that ran alone, unspoiled by a GC.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            sort: Type.Optional(
              Type.Enum(['retained', 'requests', 'duration', 'delta'], {
                type: 'string',
                description: 'greatest first; retained by default',
              }),
            ),
            limit: Type.Optional(
              Type.Integer({ minimum: 1, maximum: 1000, description: 'rows at most, 50 by default' }),
            ),
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(RoutesAnswer, 'One row a route.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async ({ query: { sort, limit } }) =>
      app.tidemark.routes({ ...(sort && { sort }), ...(limit !== undefined && { limit }) }),
  );
}
