import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { fileOf } from './schemas/media.js';
import { costRefusals, featureRefusals, refusals } from './schemas/refusals.js';

interface Query {
  readonly seconds?: number;
}

/** Where `go tool pprof`, Alloy, Pyroscope and Parca look for profiles. */
export function pprofRoutes(app: FastifyInstance): void {
  for (const kind of ['heap', 'allocs'] as const) {
    app.get<{ Querystring: Query }>(
      `/debug/pprof/${kind}`,
      {
        config: { tidemark: { role: 'read', expensive: 'profile' } },
        schema: {
          summary: kind === 'heap' ? 'Live memory as pprof' : 'Allocated memory as pprof',
          description: 'Costs one reading of the live-allocation profile; two with seconds.',
          tags: ['diagnostics'],
          querystring: Type.Object(
            {
              seconds: Type.Optional(
                Type.Number({
                  minimum: 1,
                  maximum: 3600,
                  description: 'answer only what was allocated during so many seconds and stayed',
                }),
              ),
              gc: Type.Optional(
                Type.Integer({ description: 'what Go clients send; a reading always collects first' }),
              ),
              debug: Type.Optional(
                Type.Integer({ minimum: 0, maximum: 0, description: 'only 0: there is no text form here' }),
              ),
            },
            { additionalProperties: false },
          ),
          response: {
            200: fileOf('A gzip-compressed pprof profile.', 'application/octet-stream'),
            ...refusals,
            ...featureRefusals,
            ...costRefusals,
          },
        },
      },
      async (request, reply) => {
        const { seconds } = request.query;
        const file = await app.tidemark.profileFile(kind === 'heap' ? 'pprof' : 'pprof-allocs', {
          ...(seconds !== undefined && { seconds }),
          signal: request.signal,
        });
        return reply
          .header('content-disposition', `attachment; filename="${file.name}"`)
          .type(file.type)
          .send(file.body);
      },
    );
  }
}
