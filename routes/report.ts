import { Type } from 'typebox';
import { answerOf } from './schemas/media.js';
import { reportBlocks } from '../src/answers/report/blocks.js';
import { ReportAnswer } from '../src/answers/report/schema.js';
import { route } from './schemas/route.js';

export const reportRoute = route({
  path: '/memory/report',
  role: 'read',
  blocks: reportBlocks,
  summary: 'The whole story, for an incident ticket',
  description: 'Costs nothing: tells what is known.',
  query: {
    format: Type.Optional(
      Type.Enum(['json', 'md', 'html', 'text'], { type: 'string', description: 'json by default' }),
    ),
  },
  response: {
    200: answerOf(
      ReportAnswer,
      'Headline, actions and evidence; as HTML a page of its own with a chart.',
      'text/markdown',
      'text/html',
    ),
  },
  handle: ({ tidemark }) => tidemark.report(),
});
