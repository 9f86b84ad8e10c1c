import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Format } from './schemas/common.js';
import { answerOf } from './schemas/media.js';
import { costRefusals, featureRefusals, refusals } from './schemas/refusals.js';
import { VerdictAnswer } from './schemas/verdict-answer.js';

interface Query {
  readonly gc?: boolean;
}

/** Decided before validation, so any value but a clear no counts as a yes. */
function asksForGc(request: FastifyRequest): boolean {
  const { gc } = request.query as { gc?: string };
  return gc !== undefined && gc !== '0' && gc !== 'false';
}

export function leakDetectionRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/memory/leak-detection',
    {
      config: { tidemark: { role: 'read', expensive: 'gc', expensiveWhen: asksForGc } },
      schema: {
        summary: 'Is it leaking, how fast, until when, which route, which line',
        description: 'Costs nothing; with gc=1 one full GC, so that the newest floor is exact.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            gc: Type.Optional(Type.Boolean({ description: '1 or true: pay one full GC first' })),
            format: Type.Optional(Format),
          },
          { additionalProperties: false },
        ),
        response: {
          200: answerOf(VerdictAnswer, 'The verdict, its evidence and its suspects.'),
          ...refusals,
          ...featureRefusals,
          ...costRefusals,
        },
      },
    },
    async (request) => app.tidemark.leakDetection(request.curlTarget(), { gc: request.query.gc === true }),
  );
}
