import type { FastifyInstance } from 'fastify';
import { FormatQuery } from '../../src/answers/common.js';
import { sessionsBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionsAnswer } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { refusals } from '../schemas/refusals.js';

export function profileSessionsRoute(app: FastifyInstance): void {
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
    async () => app.tidemark.profileSessions(),
  );
}
