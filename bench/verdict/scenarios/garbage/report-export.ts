import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PARTS = 12;
const ROWS_PER_PART = 14_000;

interface Row {
  readonly employee: string;
  readonly from: number;
  readonly until: number;
  readonly project: string;
}

async function collectRows(month: number): Promise<Row[][]> {
  const parts: Row[][] = [];
  for (let part = 0; part < PARTS; part += 1) {
    parts.push(
      Array.from({ length: ROWS_PER_PART }, (_, i) => ({
        employee: `${month}-${part}-${i}`,
        from: i + 0.25,
        until: i + 8.75,
        project: `P${(i * 13) % 977}`,
      })),
    );
    await delay(60);
  }
  return parts;
}

/** Answers with sums: a kilobyte derived from thirty megabytes of rows. */
async function exportMonth(month: number): Promise<{ rows: number; hours: Record<string, number> }> {
  const parts = await collectRows(month);
  const hours: Record<string, number> = {};
  for (const rows of parts) {
    for (const { project, from, until } of rows) {
      if (project.endsWith('7')) hours[project] = (hours[project] ?? 0) + until - from;
    }
    await delay(15);
  }
  return { rows: PARTS * ROWS_PER_PART, hours };
}

export const scenario: Scenario = {
  name: 'report-export',
  about: 'Once in several seconds somebody exports a month, which holds thirty megabytes for about a second.',
  label: { verdict: 'stable', alsoRight: ['churning', 'load-following'] },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'GET /exports/:month',
        weight: 0.03,
        request: (random) => ({ path: `/exports/${1 + integer(random, 12)}` }),
      },
      {
        route: 'POST /bookings',
        weight: 5,
        request: (random, n) => ({
          method: 'POST',
          path: '/bookings',
          body: {
            employee: n % 900,
            project: `P${integer(random, 977)}`,
            note: 'as agreed',
            hours: 1 + (n % 8),
          },
        }),
      },
      {
        route: 'GET /employees/:id/week',
        weight: 5,
        request: (random) => ({ path: `/employees/${integer(random, 900)}/week` }),
      },
    ],
  },
  build(app) {
    const weeks = Array.from({ length: 900 }, (_, id) =>
      Array.from({ length: 60 }, (_, slot) => ({ slot, project: `P${(id * slot) % 977}`, hours: 0 })),
    );
    app.get<{ Params: { month: string } }>('/exports/:month', async ({ params }) =>
      exportMonth(Number(params.month)),
    );
    app.post<{ Body: { employee: number; hours: number } }>('/bookings', async ({ body }, reply) => {
      const slot = weeks[body.employee]?.[body.hours];
      if (slot !== undefined) slot.hours = body.hours;
      return reply.code(201).send({ booked: body.hours });
    });
    app.get<{ Params: { id: string } }>('/employees/:id/week', async ({ params }) => {
      await delay(1);
      return weeks[Number(params.id)];
    });
  },
};
