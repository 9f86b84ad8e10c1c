import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { analysisBlocks } from '../../src/answers/analysis/blocks.js';
import { AnalysisAnswer } from '../../src/answers/analysis/schema.js';
import { FormatQuery } from '../../src/answers/common.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf, pendingAnswer } from '../schemas/media.js';
import { analysisRefusals, refusals, snapshotRefusals } from '../schemas/refusals.js';

export function snapshotAnalysisRoute(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id/analysis',
    {
      config: { tidemark: { role: 'read', blocks: analysisBlocks } },
      schema: {
        summary: 'What holds the memory of a snapshot',
        description: 'Costs nothing here: another process reads the file. Ask again until it answers 200.',
        tags: ['snapshots'],
        params: Type.Object({ id: SnapshotId }),
        querystring: FormatQuery,
        response: {
          200: answerOf(AnalysisAnswer, 'Suspects with their retaining paths, collections, classes.'),
          202: pendingAnswer,
          ...refusals,
          ...snapshotRefusals,
          ...analysisRefusals,
        },
      },
    },
    async (request, to) => to.sendPending(await app.tidemark.snapshots.analysis(request.params.id)),
  );
}
