import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { HealthAnswer } from './schemas/answers.js';
import { costlessRefusals } from './schemas/common.js';

interface Query {
  readonly strict?: boolean;
  readonly format?: string;
}

/** Open, like `/metrics`: an orchestrator's probe has no token and does not come from loopback. */
export function healthRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/health',
    {
      config: { tidemark: {} },
      schema: {
        summary: 'Is the process well',
        description: 'Costs nothing. 200, or 503 when critical and strict=1.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            strict: Type.Optional(Type.Boolean()),
            format: Type.Optional(Type.Enum(['json', 'text'], { type: 'string' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: HealthAnswer, 503: HealthAnswer, ...costlessRefusals },
      },
    },
    async (request, reply) => {
      const answer = app.tidemark.health();
      if (answer.status === 'critical' && request.query.strict === true) reply.code(503);
      return answer;
    },
  );
}
