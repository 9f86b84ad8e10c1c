import { Type } from 'typebox';
import { healthBlocks } from '../src/answers/health/blocks.js';
import { HealthAnswer } from '../src/answers/health/schema.js';
import { answerOf } from './schemas/media.js';
import { formatQuery, route } from './schemas/route.js';

/** Open, like `/metrics`: an orchestrator's probe has no token and does not come from loopback. */
export const healthRoute = route({
  path: '/health',
  blocks: healthBlocks,
  summary: 'Is the process well',
  description: 'Costs nothing. 200, or 503 when critical and strict=1.',
  query: {
    strict: Type.Optional(Type.Boolean({ description: '1 or true: answer 503 when critical' })),
    ...formatQuery,
  },
  response: {
    200: answerOf(HealthAnswer, 'How the process is.'),
    503: answerOf(HealthAnswer, 'Critical, and strict was asked for.'),
  },
  handle({ tidemark }, request, reply) {
    const answer = tidemark.health();
    if (answer.status === 'critical' && request.query.strict === true) reply.code(503);
    return answer;
  },
});
