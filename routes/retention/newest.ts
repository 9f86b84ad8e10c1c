import { retentionBlocks } from '../../src/answers/retention/blocks.js';
import { RetentionAnswer } from '../../src/answers/retention/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const newestRetentionRoute = route({
  path: '/memory/retention',
  role: 'read',
  blocks: retentionBlocks,
  summary: 'What each route left behind in the newest retention windows',
  description: 'Costs nothing: tells what the newest windows found, opened on demand or because memory rose.',
  response: {
    200: answerOf(
      RetentionAnswer,
      'Bytes that stay of a request, by route and line; empty before the first window.',
    ),
    ...featureRefusals,
  },
  handle: ({ tidemark }) => tidemark.newestRetention(),
});
