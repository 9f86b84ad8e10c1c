import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { refusals } from './schemas/common.js';

export function openapiRoute(app: FastifyInstance): void {
  app.get(
    '/memory/openapi.json',
    {
      config: { tidemark: { role: 'read' } },
      schema: {
        summary: 'This API as an OpenAPI document',
        description: 'Costs nothing.',
        tags: ['diagnostics'],
        response: {
          200: Type.Object({ openapi: Type.String() }, { additionalProperties: true }),
          ...refusals,
        },
      },
    },
    async () => app.tidemark.openapi(),
  );
}
