import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { EmptyQuery } from '../../src/answers/common.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { refusals, snapshotRefusals } from '../schemas/refusals.js';

export function deleteSnapshotRoute(app: FastifyInstance): void {
  app.delete<{ Params: { id: string } }>(
    '/memory/snapshots/:id',
    {
      config: { tidemark: { role: 'operate' } },
      schema: {
        summary: 'Delete a stored snapshot',
        description: 'Costs nothing.',
        tags: ['snapshots'],
        params: Type.Object({ id: SnapshotId }),
        querystring: EmptyQuery,
        response: {
          204: Type.Null({ description: 'It is gone.' }),
          ...refusals,
          ...snapshotRefusals,
        },
      },
    },
    async (request, to) => {
      await app.tidemark.snapshots.delete(request.params.id);
      return to.code(204).send();
    },
  );
}
