import { answerOf } from './schemas/media.js';
import { statsBlocks } from '../src/answers/stats/blocks.js';
import { StatsAnswer } from '../src/answers/stats/schema.js';
import { route } from './schemas/route.js';

export const statsRoute = route({
  path: '/memory/stats',
  role: 'read',
  blocks: statsBlocks,
  summary: 'Where the memory is',
  description: 'Costs nothing: reads the newest sample.',
  response: {
    200: answerOf(StatsAnswer, 'Everything known now; what could not be read is absent.'),
  },
  handle: ({ tidemark }) => tidemark.stats(),
});
