import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CUSTOMERS = 4_000;

interface Mapping {
  readonly map: (row: readonly number[]) => Record<string, number>;
}

/** Modules are never unloaded, and each version of a mapping is a module of its own. */
async function loadMapping(columns: readonly string[], version: string): Promise<Mapping> {
  const fields = columns.map((column, i) => `${JSON.stringify(column)}: row[${i}] ?? 0`);
  const code = `// ${version}\nexport function map(row) { return { ${fields.join(', ')} }; }`;
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Mapping;
}

export const scenario: Scenario = {
  name: 'dynamic-imports',
  about: 'Each import of a table writes its mapping as a module and imports it, for ever.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /imports'],
    site: { file: 'code/dynamic-imports.ts', functions: ['loadMapping'] },
  },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'POST /imports',
        weight: 1,
        request: (random, n) => ({
          method: 'POST',
          path: '/imports',
          body: {
            version: `v${n}.${integer(random, 1e6)}`,
            columns: Array.from({ length: 12 }, (_, i) => `column${i}`),
          },
        }),
      },
      {
        route: 'GET /customers/:id',
        weight: 5,
        request: (random) => ({ path: `/customers/${integer(random, CUSTOMERS)}` }),
      },
      { route: 'GET /formats', weight: 2, request: () => ({ path: '/formats' }) },
    ],
  },
  build(app) {
    const customers = Array.from({ length: CUSTOMERS }, (_, id) => ({
      id,
      orders: Array.from({ length: 20 }, (_, i) => ({ order: `${id}/${i}`, cents: id * i })),
    }));
    app.post<{ Body: { columns: string[]; version: string } }>('/imports', async ({ body }) => {
      const { map } = await loadMapping(body.columns, body.version);
      return { first: map(body.columns.map((_, i) => i)) };
    });
    app.get<{ Params: { id: string } }>('/customers/:id', async ({ params }) => customers[Number(params.id)]);
    app.get('/formats', async () => Array.from({ length: 40 }, (_, i) => ({ format: `format ${i}` })));
  },
};
