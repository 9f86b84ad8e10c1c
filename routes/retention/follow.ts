import { Type } from 'typebox';
import { pendingAnswer } from '../schemas/media.js';
import { bodyRefusals, costRefusals, featureRefusals } from '../schemas/refusals.js';
import { route } from '../schemas/route.js';

export const followRetentionRoute = route({
  method: 'POST',
  path: '/memory/retention',
  role: 'operate',
  expensive: 'retention',
  summary: 'Follow requests to see what each route leaves behind',
  description:
    'Costs one pause of two full GCs a retention window, and promise hooks while it is open, both paid from budgets. The body may be left out.',
  body: {
    seconds: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 60,
        description: 'how long requests are followed, in short windows one after the other; one by default',
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
