import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../../src/answers/common.js';
import { sessionBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionAnswer, SessionId } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { refusals, sessionRefusals } from '../schemas/refusals.js';

export function profileSessionRoute(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>(
    '/memory/profile/sessions/:id',
    {
      config: { tidemark: { role: 'read', blocks: sessionBlocks } },
      schema: {
        summary: 'What one operation allocated and kept',
        description: 'Costs nothing. A stored session with its sites.',
        tags: ['diagnostics'],
        params: Type.Object({ id: SessionId }),
        querystring: FormatQuery,
        response: {
          200: answerOf(SessionAnswer, 'Retained bytes, and what grew by site.'),
          ...refusals,
          ...sessionRefusals,
        },
      },
    },
    async (request) => app.tidemark.profileSession(request.params.id),
  );
}
