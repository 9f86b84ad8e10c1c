import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { answerOf } from './schemas/media.js';
import { refusals } from './schemas/refusals.js';
import { reportBlocks } from '../src/answers/report/blocks.js';
import { ReportAnswer } from '../src/answers/report/schema.js';

export function reportRoute(app: FastifyInstance): void {
  app.get(
    '/memory/report',
    {
      config: { tidemark: { role: 'read', blocks: reportBlocks } },
      schema: {
        summary: 'The whole story, for an incident ticket',
        description: 'Costs nothing: tells what is known.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            format: Type.Optional(
              Type.Enum(['json', 'md', 'html', 'text'], { type: 'string', description: 'json by default' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(
            ReportAnswer,
            'Headline, actions and evidence; as HTML a page of its own with a chart.',
            'text/markdown',
            'text/html',
          ),
          ...refusals,
        },
      },
    },
    async () => app.tidemark.report(),
  );
}
