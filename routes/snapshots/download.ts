import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../../src/runtime/runtime.js';
import { Type } from 'typebox';
import { EmptyQuery } from '../../src/answers/common.js';
import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { fileOf } from '../schemas/media.js';
import { downloadRefusals, refusals, snapshotRefusals } from '../schemas/refusals.js';

export function downloadSnapshotRoute(app: FastifyInstance, runtime: Pick<Runtime, 'download'>): void {
  app.get<{ Params: { id: string } }>(
    '/memory/snapshots/:id/download',
    {
      config: { tidemark: { role: 'operate' } },
      schema: {
        summary: 'The file, for Chrome DevTools or memlab',
        description: 'Costs nothing but reading it. gzip when it is accepted; resumable with Range.',
        tags: ['snapshots'],
        params: Type.Object({ id: SnapshotId }),
        querystring: EmptyQuery,
        response: {
          200: fileOf('The .heapsnapshot.', 'application/json'),
          206: fileOf('A range of it.', 'application/json'),
          ...refusals,
          ...snapshotRefusals,
          ...downloadRefusals,
        },
      },
    },
    async ({ params: { id }, headers }, to) => {
      const file = await runtime.download(id, {
        acceptEncoding: headers['accept-encoding']?.toString(),
        range: headers.range,
        ifRange: headers['if-range']?.toString(),
      });
      return to.code(file.statusCode).headers(file.headers).send(file.stream);
    },
  );
}
