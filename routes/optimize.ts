import type { FastifyInstance } from 'fastify';
import { FormatQuery } from '../src/answers/common.js';
import { answerOf } from './schemas/media.js';
import { optimizeBlocks } from '../src/answers/optimize/blocks.js';
import { OptimizeAnswer } from '../src/answers/optimize/schema.js';
import { refusals } from './schemas/refusals.js';

export function optimizeRoute(app: FastifyInstance): void {
  app.get(
    '/memory/optimize',
    {
      config: { tidemark: { role: 'read', blocks: optimizeBlocks } },
      schema: {
        summary: 'What is worth changing',
        description: 'Costs nothing: judges what is known.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        response: {
          200: answerOf(OptimizeAnswer, 'Suggestions, each with its evidence, most severe first.'),
          ...refusals,
        },
      },
    },
    async () => app.tidemark.optimize(),
  );
}
