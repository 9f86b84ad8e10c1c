import { Ajv } from 'ajv';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Field {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'choice';
}

const ajv = new Ajv({ allErrors: true });
const forms = stored(
  Array.from({ length: 300 }, (_, id) => ({
    id,
    title: `Form ${id}`,
    fields: Array.from({ length: 24 }, (_, k) => ({
      name: `field${k}`,
      help: `How to fill in ${k} of ${id}. `.repeat(12),
    })),
  })),
);

class Answers {
  /** Ajv remembers each compiled schema object, and here every request creates a new one. */
  check(fields: readonly Field[], values: unknown): string[] {
    const properties = Object.fromEntries(fields.map(({ name, kind }) => [name, this.rule(kind)]));
    const validate = ajv.compile({ type: 'object', properties, required: fields.map(({ name }) => name) });
    return validate(values)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  rule(kind: Field['kind']): object {
    if (kind === 'number') return { type: 'number', minimum: 0 };
    return kind === 'choice' ? { enum: ['yes', 'no', 'unknown'] } : { type: 'string', maxLength: 200 };
  }
}

export const scenario: Scenario = {
  name: 'compiled-schemas',
  about: 'A validator is compiled for each set of answers, and the one Ajv instance keeps them all.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /forms/:id/answers'],
    site: { file: 'code/compiled-schemas.ts', functions: ['check'] },
  },
  load: {
    requestsPerSecond: 70,
    mix: [
      {
        route: 'POST /forms/:id/answers',
        weight: 1,
        request: (random) => {
          const kinds = ['text', 'number', 'choice'] as const;
          const fields = Array.from({ length: 5 }, (_, i) => ({
            name: `field${i * 4 + integer(random, 4)}`,
            kind: kinds[integer(random, 3)],
          }));
          const values = Object.fromEntries(fields.map(({ name }) => [name, integer(random, 90)]));
          return { method: 'POST', path: `/forms/${integer(random, 300)}/answers`, body: { fields, values } };
        },
      },
      {
        route: 'GET /forms/:id',
        weight: 6,
        request: (random) => ({ path: `/forms/${integer(random, 300)}` }),
      },
      { route: 'GET /forms', weight: 3, request: () => ({ path: '/forms' }) },
    ],
  },
  build(app) {
    const answers = new Answers();
    app.post<{ Body: { fields: Field[]; values: unknown } }>('/forms/:id/answers', async ({ body }) => {
      const faults = answers.check(body.fields, body.values);
      return { accepted: faults.length === 0, faults };
    });
    app.get<{ Params: { id: string } }>('/forms/:id', async ({ params }) => forms[Number(params.id)]);
    app.get('/forms', async () => forms.map(({ id, title }) => ({ id, title })));
  },
};
