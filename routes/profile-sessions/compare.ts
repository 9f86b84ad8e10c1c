import { sessionComparisonBlocks } from '../../src/answers/sessions/blocks.js';
import { SessionComparisonAnswer, SessionId } from '../../src/answers/sessions/schema.js';
import { answerOf } from '../schemas/media.js';
import { sessionRefusals } from '../schemas/refusals.js';
import { formatQuery, route } from '../schemas/route.js';

export const compareProfileSessionsRoute = route({
  path: '/memory/profile/sessions/compare',
  role: 'read',
  blocks: sessionComparisonBlocks,
  summary: 'What one session kept more than another, by site',
  description: 'Costs nothing. The second session less the first.',
  query: {
    session1: SessionId,
    session2: SessionId,
    ...formatQuery,
  },
  response: {
    200: answerOf(SessionComparisonAnswer, 'Differences of growth, new and gone sites.'),
    ...sessionRefusals,
  },
  handle: ({ tidemark }, { query: { session1, session2 } }) =>
    tidemark.compareProfileSessions(session1, session2),
});
