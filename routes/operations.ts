import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../src/answers/common.js';
import { answerOf } from './schemas/media.js';
import { operationBlocks, operationsBlocks } from '../src/answers/operations/blocks.js';
import { OperationAnswer, OperationId, OperationsAnswer } from '../src/answers/operations/schema.js';
import { featureRefusals, operationRefusals, refusals } from './schemas/refusals.js';

const params = Type.Object({ id: OperationId });

export function operationRoutes(app: FastifyInstance): void {
  app.get(
    '/memory/operations',
    {
      config: { tidemark: { role: 'read', blocks: operationsBlocks } },
      schema: {
        summary: 'What takes longer than a request, and what took',
        description: 'Costs nothing. Newest first; of those that have ended the last 32.',
        tags: ['snapshots'],
        querystring: FormatQuery,
        response: {
          200: answerOf(OperationsAnswer, 'The operations.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async () => app.tidemark.snapshots.operations(),
  );

  app.get<{ Params: { id: string } }>(
    '/memory/operations/:id',
    {
      config: { tidemark: { role: 'read', blocks: operationBlocks } },
      schema: {
        summary: 'How far an operation is, and what came of it',
        description: 'Costs nothing.',
        tags: ['snapshots'],
        params,
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

  app.delete<{ Params: { id: string } }>(
    '/memory/operations/:id',
    {
      config: { tidemark: { role: 'operate', blocks: operationBlocks } },
      schema: {
        summary: 'Cancel an operation',
        description: 'Costs nothing. What runs for it is killed; one that has ended is forgotten.',
        tags: ['snapshots'],
        params,
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
