import { analysisBlocks } from '../../src/answers/analysis/blocks.js';
import { AnalysisAnswer } from '../../src/answers/analysis/schema.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf, pendingAnswer } from '../schemas/media.js';
import { analysisRefusals, snapshotRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const snapshotAnalysisRoute = route({
  path: '/memory/snapshots/:id/analysis',
  role: 'read',
  blocks: analysisBlocks,
  summary: 'What holds the memory of a snapshot',
  description: 'Costs nothing here: another process reads the file. Ask again until it answers 200.',
  tag: 'snapshots',
  params: { id: SnapshotId },
  response: {
    200: answerOf(AnalysisAnswer, 'Suspects with their retaining paths, collections, classes.'),
    202: pendingAnswer,
    ...snapshotRefusals,
    ...analysisRefusals,
  },
  handle: async ({ tidemark }, request, reply) =>
    reply.sendPending(await tidemark.snapshots.analysis(request.params.id)),
});
