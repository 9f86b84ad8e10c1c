import type { FastifyInstance, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PROJECTS = 3_000;

interface Row {
  readonly id: number;
  readonly title: string;
  readonly indicators: readonly {
    readonly name: string;
    readonly target: number;
    readonly values: readonly number[];
  }[];
}

class Indicator {
  readonly dirty = new Set<string>();

  constructor(
    readonly project: Project,
    readonly name: string,
    readonly target: number,
    readonly values: number[],
  ) {}

  get progress(): number {
    return this.values.reduce((sum, value) => sum + value, 0) / this.target;
  }
}

/** A model instance, created from its row for each request. */
class Project {
  readonly indicators: Indicator[] = [];
  readonly title: string;

  constructor(row: Row) {
    this.title = row.title;
    for (const { name, target, values } of row.indicators) {
      this.indicators.push(new Indicator(this, name, target, [...values]));
    }
  }
}

interface Context {
  readonly organisation: string;
  readonly project: Project;
  readonly permissions: readonly string[];
}

/** Meant to live as long as its request, so that permissions are looked up once; but the key is never deleted. */
const contexts = new Map<string, Context>();

function contextFor(request: FastifyRequest, row: Row): Context {
  let context = contexts.get(request.id);
  if (context === undefined) {
    const permissions = [`view:${row.id}`, `report:${row.id}`, `export:${row.id}`];
    context = {
      organisation: String(request.headers['x-organisation']),
      project: new Project(row),
      permissions,
    };
    contexts.set(request.id, context);
  }
  return context;
}

function createRow(id: number): Row {
  const indicators = Array.from({ length: 6 }, (_, i) => ({
    name: `Indicator ${i} of project ${id}`,
    target: 100 + i,
    values: Array.from({ length: 12 }, (_, month) => (id * 7 + month * i) % 40),
  }));
  return { id, title: `Project ${id}`, indicators };
}

async function projectRoutes(app: FastifyInstance): Promise<void> {
  const rows = Array.from({ length: PROJECTS }, (_, id) => createRow(id));
  app.get<{ Params: { id: string } }>('/projects/:id', async function showProject(request) {
    await delay(3);
    const { project, permissions } = contextFor(request, rows[Number(request.params.id)]!);
    return { title: project.title, permissions, indicators: project.indicators.length };
  });
  app.get<{ Params: { id: string } }>('/projects/:id/results', async function showResults(request) {
    const { project } = contextFor(request, rows[Number(request.params.id)]!);
    await delay(6);
    return project.indicators.map((one) => ({ name: one.name, progress: one.progress, values: one.values }));
  });
  app.get<{ Querystring: { from: string } }>('/projects', async ({ query }) =>
    rows.slice(Number(query.from), Number(query.from) + 20).map(({ id, title }) => ({ id, title })),
  );
}

export const scenario: Scenario = {
  name: 'request-scoped-objects',
  about:
    'A module cache keeps the context of every request, and with it the model instances made for that request.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /rest/v1/projects/:id', 'GET /rest/v1/projects/:id/results'],
    site: {
      file: 'collections/request-scoped-objects.ts',
      functions: ['Indicator', 'Project', 'contextFor', 'showProject', 'showResults'],
    },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'GET /rest/v1/projects/:id',
        weight: 2,
        request: (random) => ({
          path: `/rest/v1/projects/${integer(random, PROJECTS)}`,
          headers: { 'x-organisation': `org-${integer(random, 90)}` },
        }),
      },
      {
        route: 'GET /rest/v1/projects/:id/results',
        weight: 1,
        request: (random) => ({
          path: `/rest/v1/projects/${integer(random, PROJECTS)}/results`,
          headers: { 'x-organisation': `org-${integer(random, 90)}` },
        }),
      },
      {
        route: 'GET /rest/v1/projects',
        weight: 4,
        request: (random) => ({ path: `/rest/v1/projects?from=${integer(random, PROJECTS)}` }),
      },
      { route: 'GET /countries', weight: 3, request: () => ({ path: '/countries' }) },
    ],
  },
  async build(app) {
    const countries = Array.from({ length: 60 }, (_, id) => ({
      code: `C${id}`,
      name: `Country ${id}`,
      currency: 'EUR',
    }));
    await app.register(projectRoutes, { prefix: '/rest/v1' });
    app.get('/countries', async () => countries);
  },
};
