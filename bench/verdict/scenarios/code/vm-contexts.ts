import vm from 'node:vm';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Run {
  readonly formula: string;
  readonly context: vm.Context;
}

const sheets: number[][] = [];
const runs: Run[] = [];

/** The list was once added to debug a formula; it retains a whole JavaScript context per evaluation. */
function evaluate(formula: string, cells: readonly number[]): unknown {
  const context = vm.createContext({ cells: [...cells], sum: 0 });
  runs.push({ formula, context });
  return vm.runInContext(formula, context, { timeout: 200 });
}

export const scenario: Scenario = {
  name: 'vm-contexts',
  about: 'Formulas run in a new vm context each, and a debug list holds the contexts.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /sheets/:n/formulas'],
    site: { file: 'code/vm-contexts.ts', functions: ['evaluate'] },
  },
  load: {
    requestsPerSecond: 60,
    mix: [
      {
        route: 'POST /sheets/:n/formulas',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: `/sheets/${integer(random, 200)}/formulas`,
          body: { formula: `for (const cell of cells) sum += cell * ${1 + integer(random, 9)}; sum` },
        }),
      },
      {
        route: 'GET /sheets/:n',
        weight: 9,
        request: (random) => ({ path: `/sheets/${integer(random, 200)}` }),
      },
      {
        route: 'PUT /sheets/:n/cells/:cell',
        weight: 5,
        request: (random) => ({
          method: 'PUT',
          path: `/sheets/${integer(random, 200)}/cells/${integer(random, 2_000)}`,
          body: { value: integer(random, 1_000) },
        }),
      },
    ],
  },
  build(app) {
    for (let n = 0; n < 200; n += 1) sheets.push(Array.from({ length: 4_000 }, (_, i) => (i * n) / 8));
    app.post<{ Params: { n: string }; Body: { formula: string } }>(
      '/sheets/:n/formulas',
      async ({ params, body }) => ({
        result: evaluate(body.formula, sheets[Number(params.n)]!.slice(0, 100)),
      }),
    );
    app.get<{ Params: { n: string } }>('/sheets/:n', async ({ params }) =>
      sheets[Number(params.n)]!.slice(0, 400),
    );
    app.put<{ Params: { n: string; cell: string }; Body: { value: number } }>(
      '/sheets/:n/cells/:cell',
      async ({ params, body }, reply) => {
        sheets[Number(params.n)]![Number(params.cell)] = body.value;
        return reply.code(204).send();
      },
    );
  },
};
