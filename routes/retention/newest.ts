import { retentionBlocks } from '../../src/answers/retention/blocks.js';
import { RetentionAnswer } from '../../src/answers/retention/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals } from '../schemas/refusals.js';
import { documentQuery, route } from '../schemas/route.js';

export const newestRetentionRoute = route({
  path: '/memory/retention',
  role: 'read',
  blocks: retentionBlocks,
  summary: 'What the requests of each route left behind in the newest retention windows',
  description:
    'Costs nothing: returns the result of the newest windows, opened on demand or because memory rose.',
  query: documentQuery,
  response: {
    200: answerOf(
      RetentionAnswer,
      'Bytes retained per request, by route and line; empty before the first window.',
      'text/markdown',
    ),
    ...featureRefusals,
  },
  handle: ({ tidemark }) => tidemark.newestRetention(),
});
