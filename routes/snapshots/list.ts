import { Type } from 'typebox';
import { snapshotsBlocks } from '../../src/answers/snapshots/blocks.js';
import { SnapshotsAnswer } from '../../src/answers/snapshots/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals } from '../schemas/refusals.js';
import { formatQuery, route } from '../schemas/route.js';

export const snapshotsRoute = route({
  path: '/memory/snapshots',
  role: 'read',
  blocks: snapshotsBlocks,
  summary: 'The stored heap snapshots',
  description: 'Costs nothing; with verify=1 all files are read to compare their checksums.',
  tag: 'snapshots',
  query: {
    verify: Type.Optional(Type.Boolean({ description: '1 or true: compare the checksums' })),
    ...formatQuery,
  },
  response: {
    200: answerOf(SnapshotsAnswer, 'Newest first, and files that are not served.'),
    ...featureRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.snapshots.list(request.query.verify === true),
});
