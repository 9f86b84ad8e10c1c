import { operationBlocks } from '../../src/answers/operations/blocks.js';
import { OperationAnswer, OperationId } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { operationRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const operationRoute = route({
  path: '/memory/operations/:id',
  role: 'read',
  blocks: operationBlocks,
  summary: 'How far an operation is, and what came of it',
  description: 'Costs nothing.',
  tag: 'snapshots',
  params: { id: OperationId },
  response: {
    200: answerOf(OperationAnswer, 'State, progress, and in the end result or error.'),
    ...operationRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.operations.get(request.params.id),
});
