import { Type } from 'typebox';
import { Writer } from '../../src/answers/snapshots/schema.js';
import { pendingAnswer } from '../schemas/media.js';
import { bodyRefusals, costRefusals, featureRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const takeSnapshotRoute = route({
  method: 'POST',
  path: '/memory/snapshot',
  role: 'operate',
  expensive: 'snapshot',
  summary: 'Take a heap snapshot',
  description:
    'Costs one pause, as long as the preflight says, paid from the pause budget. The server goes on while a forked child writes. The body may be left out.',
  tag: 'snapshots',
  body: {
    writer: Type.Optional(Writer),
    redact: Type.Optional(
      Type.Boolean({ description: 'true by default; false needs `snapshots.allowRaw` as well' }),
    ),
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\p{C}]+$' })),
    force: Type.Optional(
      Type.Boolean({ description: 'take it although the preflight says no; false by default' }),
    ),
  },
  response: { 202: pendingAnswer, ...featureRefusals, ...costRefusals, ...bodyRefusals },
  handle: async ({ tidemark }, request, reply) =>
    reply.sendPending({
      state: 'running',
      operation: await tidemark.snapshots.take(request.body ?? {}),
    }),
});
