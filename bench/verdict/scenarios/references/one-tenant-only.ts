import type { FastifyInstance } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer, type Random } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const EMPLOYEES = 4_000;
const TENANTS = ['initech', 'hooli', 'umbrella', 'vandelay', 'stark'];
/** Share of the requests for time sheets. */
const ACME_SHARE = 0.15;

interface Shift {
  readonly day: number;
  readonly from: string;
  readonly until: string;
  readonly place: string;
}

/** After one customer's dispute about hours, its time sheets were kept as shown. That was years ago. */
const evidence: { readonly shown: Date; readonly sheet: readonly Shift[] }[] = [];

function buildSheet(employee: number): Shift[] {
  const sheet: Shift[] = [];
  for (let day = 1; day <= 28; day += 1) {
    const start = 6 + ((employee + day) % 4);
    sheet.push({
      day,
      from: `${start}:00`,
      until: `${start + 8}:30`,
      place: `Site ${(employee * 3 + day) % 70}`,
    });
  }
  return sheet;
}

function fromTenant(random: Random, acme: number): Record<string, string> {
  return { 'x-tenant': random() < acme ? 'acme' : TENANTS[integer(random, TENANTS.length)]! };
}

async function planningRoutes(app: FastifyInstance): Promise<void> {
  const employees = stored(
    Array.from({ length: EMPLOYEES }, (_, id) => ({
      id,
      name: `Employee ${id}`,
      skills: Array.from({ length: 10 }, (_, n) => ({
        name: `skill ${(id + n) % 45}`,
        since: 2_010 + n,
        proof: `certificate ${id}/${n}`,
      })),
    })),
  );
  app.get<{ Params: { employee: string } }>(
    '/timesheets/:employee',
    async function showTimesheet({ params, headers }) {
      await delay(3);
      const sheet = buildSheet(Number(params.employee));
      if (headers['x-tenant'] === 'acme') evidence.push({ shown: new Date(), sheet });
      return { employee: params.employee, sheet };
    },
  );
  app.get<{ Params: { id: string } }>('/employees/:id', async ({ params }) => employees[Number(params.id)]);
  app.get<{ Querystring: { skill: string } }>('/employees', async ({ query }) =>
    employees
      .slice(Number(query.skill) * 50, Number(query.skill) * 50 + 30)
      .map(({ id, name }) => ({ id, name })),
  );
}

export const scenario: Scenario = {
  name: 'one-tenant-only',
  about:
    'Time sheets are kept for ever, but only those of one tenant, who makes a seventh of the requests for them.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /planning/timesheets/:employee'],
    site: { file: 'references/one-tenant-only.ts', functions: ['buildSheet', 'showTimesheet'] },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'GET /planning/timesheets/:employee',
        weight: 5,
        request: (random) => ({
          path: `/planning/timesheets/${integer(random, EMPLOYEES)}`,
          headers: fromTenant(random, ACME_SHARE),
        }),
      },
      {
        route: 'GET /planning/employees/:id',
        weight: 4,
        request: (random) => ({
          path: `/planning/employees/${integer(random, EMPLOYEES)}`,
          headers: fromTenant(random, ACME_SHARE),
        }),
      },
      {
        route: 'GET /planning/employees',
        weight: 2,
        request: (random) => ({
          path: `/planning/employees?skill=${integer(random, 45)}`,
          headers: fromTenant(random, 0.3),
        }),
      },
    ],
  },
  async build(app) {
    await app.register(planningRoutes, { prefix: '/planning' });
  },
};
