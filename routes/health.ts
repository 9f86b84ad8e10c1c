import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../src/answers/common.js';
import { healthBlocks } from '../src/answers/health/blocks.js';
import { HealthAnswer } from '../src/answers/health/schema.js';
import { answerOf } from './schemas/media.js';
import { openRefusals } from './schemas/refusals.js';

interface Query {
  readonly strict?: boolean;
}

/** Open, like `/metrics`: an orchestrator's probe has no token and does not come from loopback. */
export function healthRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/health',
    {
      config: { tidemark: { blocks: healthBlocks } },
      schema: {
        summary: 'Is the process well',
        description: 'Costs nothing. 200, or 503 when critical and strict=1.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            strict: Type.Optional(Type.Boolean({ description: '1 or true: answer 503 when critical' })),
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(HealthAnswer, 'How the process is.'),
          503: answerOf(HealthAnswer, 'Critical, and strict was asked for.'),
          ...openRefusals,
        },
      },
    },
    async (request, reply) => {
      const answer = app.tidemark.health();
      if (answer.status === 'critical' && request.query.strict === true) reply.code(503);
      return answer;
    },
  );
}
