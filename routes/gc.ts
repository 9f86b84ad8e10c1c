import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../src/answers/common.js';
import { gcBlocks } from '../src/answers/gc/blocks.js';
import { GcAnswer } from '../src/answers/gc/schema.js';
import { answerOf } from './schemas/media.js';
import { bodyRefusals, costRefusals, refusals } from './schemas/refusals.js';

interface Body {
  readonly runs?: number;
}

export function gcRoute(app: FastifyInstance): void {
  app.post<{ Body: Body | undefined | null }>(
    '/memory/gc',
    {
      config: { tidemark: { role: 'operate', expensive: 'gc', blocks: gcBlocks } },
      schema: {
        summary: 'What a full GC gives back',
        description:
          'Costs one full GC a run, paid from the pause budget. An experiment, not a remedy. The body may be left out.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        body: Type.Object(
          {
            runs: Type.Optional(
              Type.Integer({ minimum: 1, maximum: 5, description: 'collections in a row, 1 by default' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(GcAnswer, 'What was there before, what after, and what each run cost.'),
          ...refusals,
          ...costRefusals,
          ...bodyRefusals,
        },
      },
    },
    async (request) => app.tidemark.collectGarbage(request.body?.runs),
  );
}
