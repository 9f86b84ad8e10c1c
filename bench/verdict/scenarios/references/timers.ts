import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const STATIONS = 1_200;
const DAYS = 365;
const PROGRESS_MS = 8_000;

interface ReportJob {
  readonly id: number;
  readonly station: number;
  readonly rows: { readonly day: number; readonly mean: number; readonly text: string }[];
  progress: number;
}

class ReportService {
  readonly #rainfall = Array.from({ length: STATIONS }, (_, station) =>
    Array.from({ length: DAYS }, (_, day) => (station * 13 + day * 7) % 45),
  );
  #jobs = 0;

  year(station: number): readonly number[] {
    return this.#rainfall[station] ?? [];
  }

  start(station: number, days: number): ReportJob {
    this.#jobs += 1;
    const job: ReportJob = { id: this.#jobs, station, rows: [], progress: 0 };
    for (let day = 0; day < days; day += 1) {
      const mean = (this.year(station)[day] ?? 0) / 3;
      job.rows.push({ day, mean, text: `station ${station}, day ${day}: ${mean.toFixed(2)}` });
    }
    // Shows progress until the job is done, and after that too: it is never cleared.
    setInterval(() => this.advance(job), PROGRESS_MS).unref();
    return job;
  }

  advance(job: ReportJob): void {
    if (job.progress < job.rows.length) job.progress += 10;
  }
}

export const scenario: Scenario = {
  name: 'timers',
  about:
    'Each report starts an interval that shows its progress and is never cleared, so that it holds the job.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /stations/:id/reports'],
    site: { file: 'references/timers.ts', functions: ['start', 'startReport'] },
  },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /stations/:id/reports',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: `/stations/${integer(random, STATIONS)}/reports`,
          body: { days: 14 + integer(random, 14) },
        }),
      },
      {
        route: 'GET /stations/:id',
        weight: 2,
        request: (random) => ({ path: `/stations/${integer(random, STATIONS)}` }),
      },
      {
        route: 'GET /stations/:id/wettest',
        weight: 1,
        request: (random) => ({ path: `/stations/${integer(random, STATIONS)}/wettest` }),
      },
    ],
  },
  build(app) {
    const service = new ReportService();
    app.post<{ Params: { id: string }; Body: { days: number } }>(
      '/stations/:id/reports',
      function startReport({ params, body }, reply) {
        const job = service.start(Number(params.id), body.days);
        void reply.code(202).send({ job: job.id, rows: job.rows.length });
      },
    );
    app.get<{ Params: { id: string } }>('/stations/:id', async ({ params }) => {
      await delay(2);
      return { id: params.id, rainfall: service.year(Number(params.id)) };
    });
    app.get<{ Params: { id: string } }>('/stations/:id/wettest', async ({ params }) => ({
      millimetres: Math.max(...service.year(Number(params.id))),
    }));
  },
};
