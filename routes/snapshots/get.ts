import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { FormatQuery } from '../../src/answers/common.js';
import { snapshotBlocks } from '../../src/answers/snapshots/blocks.js';
import { SnapshotAnswer, SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf } from '../schemas/media.js';
import { refusals, snapshotRefusals } from '../schemas/refusals.js';

export function snapshotRoute(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id',
    {
      config: { tidemark: { role: 'read', blocks: snapshotBlocks } },
      schema: {
        summary: 'What is known of a stored snapshot',
        description: 'Costs nothing.',
        tags: ['snapshots'],
        params: Type.Object({ id: SnapshotId }),
        querystring: FormatQuery,
        response: { 200: answerOf(SnapshotAnswer, 'Its metadata.'), ...refusals, ...snapshotRefusals },
      },
    },
    async (request) => app.tidemark.snapshots.get(request.params.id),
  );
}
