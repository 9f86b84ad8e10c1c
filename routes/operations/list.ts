import { operationsBlocks } from '../../src/answers/operations/blocks.js';
import { OperationsAnswer } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { route } from '../schemas/route.js';

export const operationsRoute = route({
  path: '/memory/operations',
  role: 'read',
  blocks: operationsBlocks,
  summary: 'What takes longer than a request, and what took',
  description: 'Costs nothing. Newest first; of those that have ended the last 32.',
  tag: 'snapshots',
  response: {
    200: answerOf(OperationsAnswer, 'The operations.'),
  },
  handle: ({ tidemark }) => tidemark.operations.list(),
});
