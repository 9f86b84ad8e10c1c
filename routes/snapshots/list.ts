import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Format } from '../../src/answers/common.js';
import { snapshotsBlocks } from '../../src/answers/snapshots/blocks.js';
import { SnapshotsAnswer } from '../../src/answers/snapshots/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals, refusals } from '../schemas/refusals.js';

export function snapshotsRoute(app: FastifyInstance): void {
  app.get<{ Querystring: { verify?: boolean } }>(
    '/memory/snapshots',
    {
      config: { tidemark: { role: 'read', blocks: snapshotsBlocks } },
      schema: {
        summary: 'The stored heap snapshots',
        description: 'Costs nothing; with verify=1 all files are read to compare their checksums.',
        tags: ['snapshots'],
        querystring: Type.Object(
          {
            verify: Type.Optional(Type.Boolean({ description: '1 or true: compare the checksums' })),
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(SnapshotsAnswer, 'Newest first, and files that are not served.'),
          ...refusals,
          ...featureRefusals,
        },
      },
    },
    async (request) => app.tidemark.snapshots.list(request.query.verify === true),
  );
}
