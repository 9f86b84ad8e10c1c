import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { GcAnswer } from './schemas/answers.js';
import { costlyRefusals, FormatQuery } from './schemas/common.js';

interface Body {
  readonly runs?: number;
}

export function gcRoute(app: FastifyInstance): void {
  app.post<{ Body: Body | undefined | null }>(
    '/memory/gc',
    {
      config: { tidemark: { role: 'operate', expensive: 'gc' } },
      schema: {
        summary: 'What a full GC gives back',
        description: 'Costs one full GC a run, paid from the pause budget. An experiment, not a remedy.',
        tags: ['diagnostics'],
        querystring: FormatQuery,
        body: Type.Object(
          { runs: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })) },
          { additionalProperties: false },
        ),
        response: { 200: GcAnswer, ...costlyRefusals },
      },
    },
    async (request) => app.tidemark.collectGarbage(request.body?.runs ?? 1, request.curlTarget()),
  );
}
