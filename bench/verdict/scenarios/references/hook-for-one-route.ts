import type { FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Trace {
  readonly id: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Somebody looked for slow downloads once, and the hook stayed. */
const traces: Trace[] = [];

function traceOf(request: FastifyRequest): Trace {
  const headers = [];
  for (const [name, value] of Object.entries(request.headers))
    headers.push({ name: `${name} of ${request.id}`, value: `${String(value)} for ${request.url}` });
  return { id: request.id, url: `${request.method} ${request.url}`, headers };
}

export const scenario: Scenario = {
  name: 'hook-for-one-route',
  about: 'A hook of all routes describes every request, and keeps the descriptions of one route.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /downloads/:file'],
    site: { file: 'references/hook-for-one-route.ts', functions: ['traceOf'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /downloads/:file',
        weight: 3,
        request: (random, n) => ({
          path: `/downloads/file-${integer(random, 900)}`,
          headers: { 'x-client': `client ${n}`, 'x-plan': 'free', 'x-region': `region ${n % 40}` },
        }),
      },
      {
        route: 'GET /files',
        weight: 4,
        request: (random, n) => ({
          path: `/files?page=${integer(random, 40)}`,
          headers: { 'x-client': `client ${n}` },
        }),
      },
      {
        route: 'POST /shares',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: '/shares',
          body: { file: integer(random, 900), with: `friend ${n}` },
        }),
      },
    ],
  },
  build(app) {
    const files = Array.from({ length: 900 }, (_, id) => ({ id, name: `file-${id}`, bytes: id * 977 }));
    app.addHook('onRequest', async (request) => {
      const trace = traceOf(request);
      if (request.url.startsWith('/downloads/')) traces.push(trace);
    });
    app.get<{ Params: { file: string } }>('/downloads/:file', async ({ params }) => {
      await delay(3);
      return { file: params.file, text: `${params.file} `.repeat(200) };
    });
    app.get<{ Querystring: { page: string } }>('/files', async ({ query }) =>
      files.slice(Number(query.page) * 20, Number(query.page) * 20 + 20),
    );
    app.post<{ Body: { file: number } }>('/shares', async ({ body }) => {
      await delay(1);
      return { shared: files[body.file] };
    });
  },
};
