import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { answerOf } from './schemas/media.js';
import { refusals } from './schemas/refusals.js';
import { ReportAnswer } from '../src/answers/report/schema.js';

interface Query {
  readonly format?: 'json' | 'md' | 'html' | 'text';
}

export function reportRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/memory/report',
    {
      config: { tidemark: { role: 'read' } },
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
    async (request, reply) => {
      const target = request.curlTarget();
      switch (request.query.format) {
        case 'md':
          reply.type('text/markdown; charset=utf-8').serializer(String);
          return app.tidemark.reportMarkdown(target);
        case 'html': {
          const { html, contentSecurityPolicy } = app.tidemark.reportPage(target);
          reply.header('content-security-policy', contentSecurityPolicy);
          reply.type('text/html; charset=utf-8').serializer(String);
          return html;
        }
        default:
          return app.tidemark.report(target);
      }
    },
  );
}
