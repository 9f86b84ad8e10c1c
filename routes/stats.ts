import type { FastifyInstance } from 'fastify';
import { FormatQuery } from '../src/answers/common.js';
import { answerOf } from './schemas/media.js';
import { refusals } from './schemas/refusals.js';
import { statsBlocks } from '../src/answers/stats/blocks.js';
import { StatsAnswer } from '../src/answers/stats/schema.js';

export function statsRoute(app: FastifyInstance): void {
  app.get(
    '/memory/stats',
    {
      config: { tidemark: { role: 'read', blocks: statsBlocks } },
      schema: {
        summary: 'Where the memory is',
        description: 'Costs nothing: reads the newest sample.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        response: {
          200: answerOf(StatsAnswer, 'Everything known now; what could not be read is absent.'),
          ...refusals,
        },
      },
    },
    async () => app.tidemark.stats(),
  );
}
