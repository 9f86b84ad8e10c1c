import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../../src/answers/common.js';
import { preflightBlocks } from '../../src/answers/preflight/blocks.js';
import { PreflightAnswer } from '../../src/answers/preflight/schema.js';
import { Writer } from '../../src/answers/snapshots/schema.js';
import type { WriterName } from '../../src/snapshot/writers/writer.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals, refusals } from '../schemas/refusals.js';

export function snapshotPreflightRoute(app: FastifyInstance): void {
  app.get<{ Querystring: { writer?: WriterName } }>(
    '/memory/snapshot/preflight',
    {
      config: { tidemark: { role: 'read', blocks: preflightBlocks } },
      schema: {
        summary: 'What a heap snapshot would cost now, and whether the process would survive it',
        description:
          'Costs nothing; the first question in a process tests in another whether it can be forked.',
        tags: ['snapshots'],
        querystring: Type.Object(
          { writer: Type.Optional(Writer), format: Type.Optional(Format) },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(PreflightAnswer, 'Pause, memory and disk that it would take.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.preflight(request.query.writer),
  );
}
