import { operationBlocks } from '../../src/answers/operations/blocks.js';
import { OperationAnswer, OperationId } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { operationRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const cancelOperationRoute = route({
  method: 'DELETE',
  path: '/memory/operations/:id',
  role: 'operate',
  blocks: operationBlocks,
  summary: 'Cancel an operation',
  description: 'Costs nothing. What runs for it is killed; one that has ended is forgotten.',
  tag: 'snapshots',
  params: { id: OperationId },
  response: {
    200: answerOf(OperationAnswer, 'The operation as it was when it was told to stop.'),
    ...operationRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.operations.cancel(request.params.id),
});
