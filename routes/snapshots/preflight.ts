import { Type } from 'typebox';
import { preflightBlocks } from '../../src/answers/preflight/blocks.js';
import { PreflightAnswer } from '../../src/answers/preflight/schema.js';
import { Writer } from '../../src/answers/snapshots/schema.js';
import { answerOf } from '../schemas/media.js';
import { featureRefusals } from '../schemas/refusals.js';
import { formatQuery, route } from '../schemas/route.js';

export const snapshotPreflightRoute = route({
  path: '/memory/snapshot/preflight',
  role: 'read',
  blocks: preflightBlocks,
  summary: 'What a heap snapshot would cost now, and whether the process would survive it',
  description: 'Costs nothing; the first question in a process tests in another whether it can be forked.',
  tag: 'snapshots',
  query: { writer: Type.Optional(Writer), ...formatQuery },
  response: {
    200: answerOf(PreflightAnswer, 'Pause, memory and disk that it would take.'),
    ...featureRefusals,
  },
  handle: ({ tidemark }, request) => tidemark.snapshots.preflight(request.query.writer),
});
