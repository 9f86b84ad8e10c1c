import { sessionBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionAnswer, SessionId } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { sessionRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const profileSessionRoute = route({
  path: '/memory/profile/sessions/:id',
  role: 'read',
  blocks: sessionBlocks,
  summary: 'What one operation allocated and kept',
  description: 'Costs nothing. A stored session with its sites.',
  params: { id: SessionId },
  response: {
    200: answerOf(SessionAnswer, 'Retained bytes, and what grew by site.'),
    ...sessionRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.profileSession(request.params.id),
});
