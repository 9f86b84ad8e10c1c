import { Type } from 'typebox';
import { answerOf } from './schemas/media.js';
import { profileBlocks } from '../src/answers/profile/blocks.js';
import { HeapProfile, ProfileAnswer } from '../src/answers/profile/schema.js';
import { costRefusals, featureRefusals } from './schemas/refusals.js';
import { route } from './schemas/route.js';

export const profileRoute = route({
  path: '/memory/profile',
  role: 'read',
  expensive: 'profile',
  blocks: profileBlocks,
  summary: 'Which lines hold live memory',
  description:
    'Costs one reading of the live-allocation profile, which V8 begins with a full GC; two with seconds, which shows what was allocated meanwhile and stayed.',
  query: {
    seconds: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 3600,
        description: 'answer only what was allocated during so many seconds and stayed',
      }),
    ),
    format: Type.Optional(
      Type.Enum(['json', 'text', 'pprof', 'heapprofile'], {
        type: 'string',
        description: 'json by default; pprof and heapprofile are files for other tools',
      }),
    ),
  },
  response: {
    200: answerOf(
      Type.Union([ProfileAnswer, HeapProfile]),
      'Sites and routes; heapprofile answers another JSON, pprof a gzip-compressed file.',
      'application/octet-stream',
    ),
    ...featureRefusals,
    ...costRefusals,
  },
  async handle({ tidemark }, request, reply) {
    const { format = 'json', seconds } = request.query;
    const query = { ...(seconds !== undefined && { seconds }), signal: request.signal };
    if (format === 'json' || format === 'text') return tidemark.liveProfile(query);
    const file = await tidemark.profileFile(format, query);
    return reply
      .header('content-disposition', `attachment; filename="${file.name}"`)
      .type(file.type)
      .send(file.body);
  },
});
