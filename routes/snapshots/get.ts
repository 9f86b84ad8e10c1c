import { snapshotBlocks } from '../../src/answers/snapshots/blocks.js';
import { SnapshotAnswer, SnapshotId } from '../../src/answers/snapshots/schema.js';
import { answerOf } from '../schemas/media.js';
import { snapshotRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const snapshotRoute = route({
  path: '/memory/snapshots/:id',
  role: 'read',
  blocks: snapshotBlocks,
  summary: 'What is known of a stored snapshot',
  description: 'Costs nothing.',
  tag: 'snapshots',
  params: { id: SnapshotId },
  response: { 200: answerOf(SnapshotAnswer, 'Its metadata.'), ...snapshotRefusals },
  handle: ({ tidemark }, request) => tidemark.snapshots.get(request.params.id),
});
