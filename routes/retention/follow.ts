import { Type } from 'typebox';
import { pendingAnswer } from '../schemas/media.js';
import { bodyRefusals, costRefusals, featureRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const followRetentionRoute = route({
  method: 'POST',
  path: '/memory/retention',
  role: 'operate',
  expensive: 'retention',
  summary: 'Follow requests to measure what each route leaves behind',
  description:
    'Costs one retention window or several, each two full GCs and promise hooks while it is open, both charged to budgets. The body may be omitted.',
  body: {
    seconds: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 60,
        description:
          'how long requests are followed in total, in short consecutive windows; by default one window',
      }),
    ),
  },
  response: { 202: pendingAnswer, ...featureRefusals, ...costRefusals, ...bodyRefusals },
  handle: async ({ tidemark }, request, reply) =>
    reply.sendPending({
      state: 'running',
      operation: await tidemark.startRetention(request.body ?? {}),
    }),
});
