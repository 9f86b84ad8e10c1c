import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Reading {
  readonly meter: string;
  readonly at: number;
  readonly values: readonly number[];
}

const bodies = new Map<number, string>();

/** 100 to 400 KB; a few variants, so that clients need not build one per request. */
function uploadBody(kind: number): string {
  let body = bodies.get(kind);
  if (body === undefined) {
    const readings = Array.from({ length: 1_000 + kind * 450 }, (_, i) => ({
      meter: `meter-${kind}-${i}`,
      at: 1_700_000_000 + i * 60,
      values: [i, i * 1.5, i * 2.25, (i * kind) % 97],
    }));
    body = JSON.stringify({ readings });
    bodies.set(kind, body);
  }
  return body;
}

export const scenario: Scenario = {
  name: 'big-json',
  about: 'Meters upload bodies of hundreds of kilobytes, and reports as large are answered from them.',
  label: { verdict: 'stable', alsoRight: ['churning'] },
  load: {
    requestsPerSecond: 60,
    mix: [
      {
        route: 'PUT /readings',
        weight: 2,
        request: (random) => ({
          method: 'PUT',
          path: '/readings',
          headers: { 'content-type': 'application/json' },
          body: uploadBody(integer(random, 8)),
        }),
      },
      {
        route: 'GET /districts/:id/readings',
        weight: 1,
        request: (random) => ({ path: `/districts/${integer(random, 30)}/readings` }),
      },
      {
        route: 'GET /meters/:meter',
        weight: 7,
        request: (random) => ({ path: `/meters/meter-${integer(random, 8)}-${integer(random, 1_000)}` }),
      },
    ],
  },
  build(app) {
    const latest = new Map<string, number>();
    for (let kind = 0; kind < 8; kind += 1) {
      for (let i = 0; i < 1_000 + kind * 450; i += 1) latest.set(`meter-${kind}-${i}`, 0.5);
    }
    const districts = Array.from({ length: 30 }, (_, id) =>
      Array.from({ length: 2_500 }, (_, i) => ({
        meter: `meter-${id % 8}-${i}`,
        day: i % 31,
        sum: (i * id) / 7,
      })),
    );

    app.put<{ Body: { readings: Reading[] } }>('/readings', async ({ body }) => {
      await delay(2);
      for (const { meter, values } of body.readings) latest.set(meter, values.at(-1) ?? 0);
      return { accepted: body.readings.length };
    });
    app.get<{ Params: { id: string } }>('/districts/:id/readings', (request, reply) => {
      const rows = districts[Number(request.params.id)] ?? [];
      reply.send(rows.map((row) => ({ ...row, latest: latest.get(row.meter) ?? null })));
    });
    app.get<{ Params: { meter: string } }>('/meters/:meter', async ({ params }) => ({
      meter: params.meter,
      latest: latest.get(params.meter) ?? null,
    }));
  },
};
