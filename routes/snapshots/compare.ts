import { comparisonBlocks } from '../../src/answers/comparison/blocks.js';
import { ComparisonAnswer } from '../../src/answers/comparison/schema.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf, pendingAnswer } from '../schemas/media.js';
import { analysisRefusals, snapshotRefusals } from '../schemas/refusals.js';
import { formatQuery, route } from '../schemas/route.js';

export const compareSnapshotsRoute = route({
  path: '/memory/snapshot/compare',
  role: 'read',
  blocks: comparisonBlocks,
  summary: 'What grew between two snapshots, and who holds it',
  description: 'Costs nothing here: another process reads the files. Ask again until it answers 200.',
  tag: 'snapshots',
  query: { snapshot1: SnapshotId, snapshot2: SnapshotId, ...formatQuery },
  response: {
    200: answerOf(ComparisonAnswer, 'Growth by class and by holder.'),
    202: pendingAnswer,
    ...snapshotRefusals,
    ...analysisRefusals,
  },
  async handle({ tidemark }, request, reply) {
    const { snapshot1, snapshot2 } = request.query;
    return reply.sendPending(await tidemark.snapshots.comparison([snapshot1, snapshot2]));
  },
});
