import type { FastifyRequest } from 'fastify';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Scan {
  readonly id: number;
  readonly pages: Buffer;
}

/** The job that moves scans to the archive was removed with the old archive. */
const toArchive: Scan[] = [];
const patients = stored(
  Array.from({ length: 3_000 }, (_, id) => ({
    id,
    name: `Patient ${id}`,
    visits: Array.from({ length: 12 }, (_, k) => ({
      on: `2024-0${1 + (k % 9)}-11`,
      note: `visit ${k} of ${id}`.repeat(4),
    })),
  })),
);

async function readScan(_request: FastifyRequest, payload: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of payload) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const scenario: Scenario = {
  name: 'external-buffers',
  about: 'Uploaded scans wait in an array for an archive job that no longer runs.',
  label: {
    verdict: 'native-growth',
    signal: 'external-floor',
    routes: ['PUT /scans'],
    site: { file: 'buffers/external-buffers.ts', functions: ['readScan', 'receiveScan'] },
  },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'PUT /scans',
        weight: 1,
        request: (random) => ({
          method: 'PUT',
          path: '/scans',
          headers: { 'content-type': 'application/pdf' },
          body: Buffer.alloc(12_000 + integer(random, 24_000), 'page '),
        }),
      },
      {
        route: 'GET /patients/:id',
        weight: 4,
        request: (random) => ({ path: `/patients/${integer(random, 3_000)}` }),
      },
      {
        route: 'GET /patients',
        weight: 2,
        request: (random) => ({ path: `/patients?from=${integer(random, 2_900)}` }),
      },
    ],
  },
  build(app) {
    app.addContentTypeParser('application/pdf', readScan);
    app.put<{ Body: Buffer }>('/scans', async function receiveScan({ body }, reply) {
      const id = toArchive.length;
      toArchive.push({ id, pages: body });
      return reply.code(202).send({ id, bytes: body.length });
    });
    app.get<{ Params: { id: string } }>('/patients/:id', async ({ params }) => patients[Number(params.id)]);
    app.get<{ Querystring: { from: string } }>('/patients', async ({ query }) => {
      const from = Number(query.from);
      return patients.slice(from, from + 20).map(({ id, name }) => ({ id, name }));
    });
  },
};
