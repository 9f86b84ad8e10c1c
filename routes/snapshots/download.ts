import { SnapshotId } from '../../src/answers/snapshots/schema.js';
import { fileOf } from '../schemas/media.js';
import { downloadRefusals, snapshotRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const downloadSnapshotRoute = route({
  path: '/memory/snapshots/:id/download',
  role: 'operate',
  summary: 'The file, for Chrome DevTools or memlab',
  description: 'Costs nothing but reading it. gzip when it is accepted; resumable with Range.',
  tag: 'snapshots',
  query: {},
  params: { id: SnapshotId },
  response: {
    200: fileOf('The .heapsnapshot.', 'application/json'),
    206: fileOf('A range of it.', 'application/json'),
    ...snapshotRefusals,
    ...downloadRefusals,
  },
  async handle({ download }, { params: { id }, headers }, reply) {
    const file = await download(id, {
      acceptEncoding: headers['accept-encoding']?.toString(),
      range: headers.range,
      ifRange: headers['if-range']?.toString(),
    });
    return reply.code(file.statusCode).headers(file.headers).send(file.stream);
  },
});
