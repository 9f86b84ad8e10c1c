import { setTimeout as delay } from 'node:timers/promises';
import vm from 'node:vm';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PRODUCTS = 3_000;

/** Kept "to run them again", under a name that contains the time. */
const scripts = new Map<string, vm.Script>();
const shared = vm.createContext({});

function compileRule(rule: string, name: string): vm.Script {
  const script = new vm.Script(rule, { filename: name });
  scripts.set(name, script);
  return script;
}

function source(limits: readonly number[]): string {
  const lines = limits.map((limit, i) => `if (value > ${limit}) { level = ${i}; }`);
  return `(function rate(value) { let level = -1;\n${lines.join('\n')}\nreturn level; })`;
}

export const scenario: Scenario = {
  name: 'vm-scripts',
  about: 'Each test of a pricing rule compiles a script, and a map keeps the script.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /rules/test'],
    site: { file: 'code/vm-scripts.ts', functions: ['compileRule', 'testRule'] },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'POST /rules/test',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/rules/test',
          body: { rule: `rule-${n}`, limits: Array.from({ length: 14 }, () => integer(random, 100_000)) },
        }),
      },
      {
        route: 'GET /products/:id',
        weight: 4,
        request: (random) => ({ path: `/products/${integer(random, PRODUCTS)}` }),
      },
      { route: 'GET /rules', weight: 2, request: () => ({ path: '/rules' }) },
    ],
  },
  build(app) {
    const products = Array.from({ length: PRODUCTS }, (_, id) => ({
      id,
      values: Array.from({ length: 40 }, (_, i) => (id * (i + 3)) % 99_991),
    }));
    app.post<{ Body: { rule: string; limits: number[] } }>('/rules/test', async function testRule({ body }) {
      await delay(1);
      const rate = compileRule(source(body.limits), `${body.rule}-${Date.now()}.js`).runInContext(shared) as (
        value: number,
      ) => number;
      return { levels: products.slice(0, 200).map(({ values }) => rate(values[0]!)) };
    });
    app.get<{ Params: { id: string } }>('/products/:id', async ({ params }) => products[Number(params.id)]);
    app.get('/rules', async () => Array.from({ length: 30 }, (_, i) => ({ rule: `rule-${i}` })));
  },
};
