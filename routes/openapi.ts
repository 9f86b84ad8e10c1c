import { Type } from 'typebox';
import { route } from './schemas/route.js';

const Document = Type.Object({ openapi: Type.String() }, { title: 'OpenApi', additionalProperties: true });

export const openapiRoute = route({
  path: '/memory/openapi.json',
  role: 'read',
  summary: 'This API as an OpenAPI document',
  description: 'Costs nothing.',
  query: {},
  response: {
    200: {
      description: 'OpenAPI 3.1, with the prefix and the path of the metrics as they are configured.',
      content: { 'application/json': { schema: Document } },
    },
  },
  async handle({ openapi }, _request, reply) {
    const document = await openapi();
    // As a string, the document stays JSON even for a client that prefers text.
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(document));
  },
});
