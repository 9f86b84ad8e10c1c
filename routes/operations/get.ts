import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../../src/answers/common.js';
import { operationBlocks } from '../../src/answers/operations/blocks.js';
import { OperationAnswer, OperationId } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { operationRefusals, refusals } from '../schemas/refusals.js';

export function operationRoute(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>(
    '/memory/operations/:id',
    {
      config: { tidemark: { role: 'read', blocks: operationBlocks } },
      schema: {
        summary: 'How far an operation is, and what came of it',
        description: 'Costs nothing.',
        tags: ['snapshots'],
        params: Type.Object({ id: OperationId }),
        querystring: FormatQuery,
        response: {
          200: answerOf(OperationAnswer, 'State, progress, and in the end result or error.'),
          ...refusals,
          ...operationRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.operation(request.params.id),
  );
}
