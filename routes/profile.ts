import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ProfileAnswer } from './schemas/answers.js';
import { costlyRefusals } from './schemas/common.js';

interface Query {
  readonly seconds?: number;
  readonly format?: 'json' | 'text' | 'pprof' | 'heapprofile';
}

export function profileRoute(app: FastifyInstance): void {
  app.get<{ Querystring: Query }>(
    '/memory/profile',
    {
      config: { tidemark: { role: 'read', expensive: 'profile' } },
      schema: {
        summary: 'Which lines hold live memory',
        description:
          'Costs one reading of the live-allocation profile, which V8 begins with a full GC; two with seconds, which shows what was allocated meanwhile and stayed.',
        tags: ['diagnostics'],
        querystring: Type.Object(
          {
            seconds: Type.Optional(Type.Number({ minimum: 1, maximum: 3600 })),
            format: Type.Optional(Type.Enum(['json', 'text', 'pprof', 'heapprofile'], { type: 'string' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: ProfileAnswer, ...costlyRefusals },
      },
    },
    async (request, reply) => {
      const { format = 'json', seconds } = request.query;
      const query = { ...(seconds !== undefined && { seconds }), signal: request.signal };
      if (format === 'json' || format === 'text') return app.tidemark.profile(query, request.curlTarget());
      const file = await app.tidemark.profileFile(format, query);
      return reply
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .type(file.type)
        .send(file.body);
    },
  );
}
