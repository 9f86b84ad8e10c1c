import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Station {
  readonly code: string;
  readonly place: string;
  readonly history: readonly number[];
}

const stations: Station[] = [];
const seenBatches = new Set<string>();
let readings = 0;

/** A slice of more than a dozen characters points into its parent string and retains all of it. */
function takeBatch(raw: Buffer): { readonly batch: string; readonly isNew: boolean; readonly lines: number } {
  const text = raw.toString('latin1');
  const batch = text.slice('#batch='.length, text.indexOf('\n'));
  const isNew = !seenBatches.has(batch);
  seenBatches.add(batch);
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return { batch, isNew, lines };
}

export const scenario: Scenario = {
  name: 'sliced-strings',
  about:
    'The batch numbers that guard against duplicates are cut out of uploads, each of which they keep whole.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /stations/:code/batches'],
    site: { file: 'buffers/sliced-strings.ts', functions: ['takeBatch'] },
  },
  load: {
    requestsPerSecond: 110,
    mix: [
      {
        route: 'POST /stations/:code/batches',
        weight: 3,
        request: (random, n) => {
          const rows = 110 + integer(random, 110);
          const body = Array.from(
            { length: rows },
            (_, i) => `${1_700_000_000 + n * 60 + i};temperature;${random().toFixed(4)}`,
          );
          return {
            method: 'POST',
            path: `/stations/st-${integer(random, 400)}/batches`,
            headers: { 'content-type': 'text/csv' },
            body: [
              `#batch=${n.toString(36).padStart(8, '0')}-${integer(random, 1e9).toString(36)}-gateway`,
              ...body,
              '',
            ].join('\n'),
          };
        },
      },
      {
        route: 'GET /stations/:code',
        weight: 6,
        request: (random) => ({ path: `/stations/st-${integer(random, 400)}` }),
      },
      { route: 'GET /readings/count', weight: 2, request: () => ({ path: '/readings/count' }) },
    ],
  },
  build(app) {
    for (let i = 0; i < 400; i += 1) {
      stations.push({
        code: `st-${i}`,
        place: `Valley ${i}`,
        history: Array.from({ length: 2_000 }, (_, k) => k / 7 + i),
      });
    }
    app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post<{ Params: { code: string }; Body: Buffer }>(
      '/stations/:code/batches',
      async ({ params, body }, reply) => {
        const { batch, isNew, lines } = takeBatch(body);
        if (isNew) readings += lines - 1;
        return reply.code(isNew ? 201 : 200).send({ station: params.code, batch, lines });
      },
    );
    app.get<{ Params: { code: string } }>('/stations/:code', async ({ params }) => {
      const station = stations[Number(params.code.slice(3))]!;
      return { ...station, history: station.history.slice(-200) };
    });
    app.get('/readings/count', async () => ({ readings, batches: seenBatches.size }));
  },
};
