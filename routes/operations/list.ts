import type { FastifyInstance } from 'fastify';
import { FormatQuery } from '../../src/answers/common.js';
import { operationsBlocks } from '../../src/answers/operations/blocks.js';
import { OperationsAnswer } from '../../src/answers/operations/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals, refusals } from '../schemas/refusals.js';

export function operationsRoute(app: FastifyInstance): void {
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
}
