import { sessionsBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionsAnswer } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { route } from '../schemas/route.js';

export const profileSessionsRoute = route({
  path: '/memory/profile/sessions',
  role: 'read',
  blocks: sessionsBlocks,
  summary: 'Profiles of operations that the application asked for',
  description: 'Costs nothing. The sessions that are stored, newest first.',
  response: { 200: answerOf(SessionsAnswer, 'The sessions without their sites.') },
  handle: ({ tidemark }) => tidemark.profileSessions(),
});
