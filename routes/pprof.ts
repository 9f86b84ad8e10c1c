import { Type } from 'typebox';
import { fileOf } from './schemas/media.js';
import { costRefusals, featureRefusals } from './schemas/refusals.js';
import { route, type RouteModule } from './schemas/route.js';

const query = {
  seconds: Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: 3600,
      description: 'answer only what was allocated during so many seconds and stayed',
    }),
  ),
  gc: Type.Optional(Type.Integer({ description: 'what Go clients send; a reading always collects first' })),
  debug: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 0, description: 'only 0: there is no text form here' }),
  ),
};

/** Where `go tool pprof`, Alloy, Pyroscope and Parca look for profiles. */
function pprofRoute(kind: 'heap' | 'allocs', format: 'pprof' | 'pprof-allocs', summary: string): RouteModule {
  return route({
    path: `/debug/pprof/${kind}`,
    role: 'read',
    expensive: 'profile',
    summary,
    description: 'Costs one reading of the live-allocation profile; two with seconds.',
    query,
    response: {
      200: fileOf('A gzip-compressed pprof profile.', 'application/octet-stream'),
      ...featureRefusals,
      ...costRefusals,
    },
    async handle({ tidemark }, { query: { seconds }, signal }, reply) {
      const file = await tidemark.profileFile(format, {
        ...(seconds !== undefined && { seconds }),
        signal,
      });
      return reply
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .type(file.type)
        .send(file.body);
    },
  });
}

export const heapPprofRoute = pprofRoute('heap', 'pprof', 'Live memory as pprof');
export const allocsPprofRoute = pprofRoute('allocs', 'pprof-allocs', 'Allocated memory as pprof');
