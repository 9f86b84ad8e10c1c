import { Type } from 'typebox';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { snapshotRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const deleteSnapshotRoute = route({
  method: 'DELETE',
  path: '/memory/snapshots/:id',
  role: 'operate',
  summary: 'Delete a stored snapshot',
  description: 'Costs nothing.',
  tag: 'snapshots',
  query: {},
  params: { id: SnapshotId },
  response: {
    204: Type.Null({ description: 'It is gone.' }),
    ...snapshotRefusals,
  },
  async handle({ tidemark }, request, reply) {
    await tidemark.snapshots.delete(request.params.id);
    return reply.code(204).send();
  },
});
