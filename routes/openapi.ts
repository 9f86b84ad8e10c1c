import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '../src/runtime/runtime.js';
import { EmptyQuery } from '../src/answers/common.js';
import { refusals } from './schemas/refusals.js';

const Document = Type.Object({ openapi: Type.String() }, { title: 'OpenApi', additionalProperties: true });

export function openapiRoute(app: FastifyInstance, runtime: Pick<Runtime, 'openapi'>): void {
  app.get(
    '/memory/openapi.json',
    {
      config: { tidemark: { role: 'read' } },
      schema: {
        summary: 'This API as an OpenAPI document',
        description: 'Costs nothing.',
        tags: ['diagnostics'],
        querystring: EmptyQuery,
        response: {
          200: {
            description: 'OpenAPI 3.1, with the prefix and the path of the metrics as they are configured.',
            content: { 'application/json': { schema: Document } },
          },
          ...refusals,
        },
      },
    },
    async (_request, reply) => {
      const document = await runtime.openapi();
      // Sent as a string, the document stays JSON for a client that prefers text, too.
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(document));
    },
  );
}
