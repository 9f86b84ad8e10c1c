import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Visit {
  readonly at: Date;
  readonly client: string;
  readonly steps: readonly string[];
}

/** By request id, and the hook that should remove the visit again was lost in a merge. */
const visits = new Map<string, Visit>();

function visitOf(id: string, client: string, url: string): Visit {
  const steps = [];
  for (const step of ['begun', 'identified', 'routed', 'answered']) steps.push(`${step} ${id} ${url}`);
  return { at: new Date(), client: `${client} at ${url}`, steps };
}

export const scenario: Scenario = {
  name: 'hook-for-all-routes',
  about: 'A hook keeps a visit for every request of every route.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /timetable/:line', 'GET /stops', 'POST /tickets'],
    site: { file: 'references/hook-for-all-routes.ts', functions: ['visitOf'] },
  },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'GET /timetable/:line',
        weight: 4,
        request: (random, n) => ({
          path: `/timetable/${integer(random, 300)}`,
          headers: { 'x-client': `phone ${n}` },
        }),
      },
      {
        route: 'GET /stops',
        weight: 3,
        request: (random, n) => ({
          path: `/stops?near=${integer(random, 5_000)}`,
          headers: { 'x-client': `phone ${n}` },
        }),
      },
      {
        route: 'POST /tickets',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: '/tickets',
          headers: { 'x-client': `phone ${n}` },
          body: { from: integer(random, 5_000), to: integer(random, 5_000) },
        }),
      },
    ],
  },
  build(app) {
    const lines = Array.from({ length: 300 }, (_, line) => ({
      line,
      departures: Array.from({ length: 60 }, (_, i) => 300 + i * 18 + (line % 7)),
    }));
    app.addHook('onRequest', async ({ id, headers, url }) => {
      visits.set(id, visitOf(id, String(headers['x-client']), url));
    });
    app.get<{ Params: { line: string } }>(
      '/timetable/:line',
      async ({ params }) => lines[Number(params.line)],
    );
    app.get<{ Querystring: { near: string } }>('/stops', async ({ query }) => {
      await delay(2);
      return Array.from({ length: 12 }, (_, i) => ({ stop: Number(query.near) + i, metres: i * 90 }));
    });
    app.post<{ Body: { from: number; to: number } }>('/tickets', async ({ body }, reply) => {
      await delay(4);
      return reply.code(201).send({ cents: 220 + Math.abs(body.from - body.to) });
    });
  },
};
