import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../../src/answers/common.js';
import { comparisonBlocks } from '../../src/answers/comparison/blocks.js';
import { ComparisonAnswer } from '../../src/answers/comparison/schema.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf, pendingAnswer } from '../schemas/media.js';
import { analysisRefusals, refusals, snapshotRefusals } from '../schemas/refusals.js';

export function compareSnapshotsRoute(app: FastifyInstance): void {
  app.get<{ Querystring: { snapshot1: string; snapshot2: string } }>(
    '/memory/snapshot/compare',
    {
      config: { tidemark: { role: 'read', blocks: comparisonBlocks } },
      schema: {
        summary: 'What grew between two snapshots, and who holds it',
        description: 'Costs nothing here: another process reads the files. Ask again until it answers 200.',
        tags: ['snapshots'],
        querystring: Type.Object(
          { snapshot1: SnapshotId, snapshot2: SnapshotId, format: Type.Optional(Format) },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(ComparisonAnswer, 'Growth by class and by holder.'),
          202: pendingAnswer,
          ...refusals,
          ...snapshotRefusals,
          ...analysisRefusals,
        },
      },
    },
    async (request, to) => {
      const { snapshot1, snapshot2 } = request.query;
      return to.sendPending(await app.tidemark.snapshots.comparison([snapshot1, snapshot2]));
    },
  );
}
