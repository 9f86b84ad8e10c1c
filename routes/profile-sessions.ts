import type { FastifyInstance } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { Format, FormatQuery } from '../src/answers/common.js';
import { answerOf } from './schemas/media.js';
import { refusals, sessionRefusals } from './schemas/refusals.js';
import { sessionBlocks, sessionComparisonBlocks, sessionsBlocks } from '../src/answers/sessions/blocks.js';
import { SessionAnswer, SessionComparisonAnswer, SessionsAnswer } from '../src/answers/sessions/schema.js';

const sessionId = (description: string): TSchema => Type.String({ minLength: 1, maxLength: 32, description });

export function profileSessionRoutes(app: FastifyInstance): void {
  app.get(
    '/memory/profile/sessions',
    {
      config: { tidemark: { role: 'read', blocks: sessionsBlocks } },
      schema: {
        summary: 'Profiles of operations that the application asked for',
        description: 'Costs nothing. The sessions that are stored, newest first.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        response: { 200: answerOf(SessionsAnswer, 'The sessions without their sites.'), ...refusals },
      },
    },
    async () => app.tidemark.sessionsAnswer(),
  );

  app.get<{ Params: { id: string } }>(
    '/memory/profile/sessions/:id',
    {
      config: { tidemark: { role: 'read', blocks: sessionBlocks } },
      schema: {
        summary: 'What one operation allocated and kept',
        description: 'Costs nothing. A stored session with its sites.',
        tags: ['diagnostics'],
        params: Type.Object({ id: sessionId('of a stored session') }),
        querystring: FormatQuery,
        response: {
          200: answerOf(SessionAnswer, 'Retained bytes, and what grew by site.'),
          ...refusals,
          ...sessionRefusals,
        },
      },
    },
    async (request) => app.tidemark.sessionAnswer(request.params.id),
  );

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
            session1: sessionId('id of the session that is compared with'),
            session2: sessionId('id of the session that is compared'),
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
    async (request) => {
      const { session1, session2 } = request.query;
      return app.tidemark.sessionComparisonAnswer(session1, session2);
    },
  );
}
