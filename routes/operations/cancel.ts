import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../../src/answers/common.js';
import { operationBlocks } from '../../src/answers/operations/blocks.js';
import { OperationAnswer, OperationId } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { operationRefusals, refusals } from '../schemas/refusals.js';

export function cancelOperationRoute(app: FastifyInstance): void {
  app.delete<{ Params: { id: string } }>(
    '/memory/operations/:id',
    {
      config: { tidemark: { role: 'operate', blocks: operationBlocks } },
      schema: {
        summary: 'Cancel an operation',
        description: 'Costs nothing. What runs for it is killed; one that has ended is forgotten.',
        tags: ['snapshots'],
        params: Type.Object({ id: OperationId }),
        querystring: FormatQuery,
        response: {
          200: answerOf(OperationAnswer, 'The operation as it was when it was told to stop.'),
          ...refusals,
          ...operationRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.cancel(request.params.id),
  );
}
