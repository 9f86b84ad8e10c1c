import { Type } from 'typebox';
import { answerOf } from './schemas/media.js';
import { featureRefusals } from './schemas/refusals.js';
import { RoutesAnswer } from '../src/answers/routes/schema.js';
import { routesBlocks } from '../src/answers/routes/blocks.js';
import { formatQuery, route } from './schemas/route.js';

export const routesRoute = route({
  path: '/memory/routes',
  role: 'read',
  blocks: routesBlocks,
  summary: 'Which routes keep memory',
  description: 'Costs nothing. Heap deltas come only from requests that ran alone, unspoiled by a GC.',
  query: {
    sort: Type.Optional(
      Type.Enum(['retained', 'requests', 'duration', 'delta'], {
        type: 'string',
        description: 'greatest first; retained by default',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'rows at most, 50 by default' }),
    ),
    ...formatQuery,
  },
  response: {
    200: answerOf(RoutesAnswer, 'One row a route.'),
    ...featureRefusals,
  },
  handle: ({ tidemark }, { query }) => tidemark.routes(query),
});
