import { Type } from 'typebox';
import { gcBlocks } from '../src/answers/gc/blocks.js';
import { GcAnswer } from '../src/answers/gc/schema.js';
import { answerOf } from './schemas/media.js';
import { bodyRefusals, costRefusals } from './schemas/refusals.js';
import { route } from './schemas/route.js';

export const gcRoute = route({
  method: 'POST',
  path: '/memory/gc',
  role: 'operate',
  expensive: 'gc',
  blocks: gcBlocks,
  summary: 'What a full GC gives back',
  description:
    'Costs one full GC a run, paid from the pause budget. An experiment, not a remedy. The body may be left out.',
  body: {
    runs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 5, description: 'collections in a row, 1 by default' }),
    ),
  },
  response: {
    200: answerOf(GcAnswer, 'What was there before, what after, and what each run cost.'),
    ...costRefusals,
    ...bodyRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.collectGarbage(request.body?.runs),
});
