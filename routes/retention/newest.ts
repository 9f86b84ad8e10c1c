import { retentionBlocks } from '../../src/answers/retention/blocks.js';
import { RetentionAnswer } from '../../src/answers/retention/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals } from '../schemas/refusals.js';
import { documentQuery, route } from '../schemas/route.js';

export const newestRetentionRoute = route({
  path: '/memory/retention',
  role: 'read',
  blocks: retentionBlocks,
  summary: 'What each route left behind in the newest retention windows',
  description: 'Costs nothing: tells what the newest windows found, opened on demand or because memory rose.',
  query: documentQuery,
  response: {
    200: answerOf(
      RetentionAnswer,
      'Bytes that stay of a request, by route and line; empty before the first window.',
      'text/markdown',
    ),
    ...featureRefusals,
  },
  handle: ({ tidemark }) => tidemark.newestRetention(),
});
