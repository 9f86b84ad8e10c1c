import { answerOf } from './schemas/media.js';
import { optimizeBlocks } from '../src/answers/optimize/blocks.js';
import { OptimizeAnswer } from '../src/answers/optimize/schema.js';
import { route } from './schemas/route.js';

export const optimizeRoute = route({
  path: '/memory/optimize',
  role: 'read',
  blocks: optimizeBlocks,
  summary: 'What is worth changing',
  description: 'Costs nothing: judges what is known.',
  response: {
    200: answerOf(OptimizeAnswer, 'Suggestions, each with its evidence, most severe first.'),
  },
  handle: ({ tidemark }) => tidemark.optimize(),
});
