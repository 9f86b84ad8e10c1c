import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../../src/answers/common.js';
import { sessionComparisonBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionComparisonAnswer, SessionId } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { refusals, sessionRefusals } from '../schemas/refusals.js';

export function compareProfileSessionsRoute(app: FastifyInstance): void {
  app.get<{ Querystring: { session1: string; session2: string } }>(
    '/memory/profile/sessions/compare',
    {
      config: { tidemark: { role: 'read', blocks: sessionComparisonBlocks } },
      schema: {
        summary: 'What one session kept more than another, by site',
        description: 'Costs nothing. The second session less the first.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            session1: SessionId,
            session2: SessionId,
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(SessionComparisonAnswer, 'Differences of growth, new and gone sites.'),
          ...refusals,
          ...sessionRefusals,
        },
      },
    },
    async ({ query: { session1, session2 } }) => app.tidemark.compareProfileSessions(session1, session2),
  );
}
