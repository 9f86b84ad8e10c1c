import { Ajv, type ValidateFunction } from 'ajv';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const FORMS = 220;
const FIELDS = 24;

function schemaOf(form: number): object {
  const fields = Array.from({ length: FIELDS }, (_, i) => [
    `field${i}`,
    i % 3 === 0
      ? { type: 'integer', minimum: 0, maximum: form + 1_000 }
      : { type: 'string', maxLength: 40 + form, pattern: `^[a-z0-9 ]{0,${40 + i}}$` },
  ]);
  return { type: 'object', properties: Object.fromEntries(fields), required: ['field0', 'field1'] };
}

/** Schemas are compiled when their form is first submitted. */
class Validators {
  readonly #ajv = new Ajv();
  readonly #compiled = new Map<number, ValidateFunction>();

  isValid(form: number, answers: unknown): boolean {
    let validator = this.#compiled.get(form);
    if (validator === undefined) {
      validator = this.#ajv.compile(schemaOf(form));
      this.#compiled.set(form, validator);
    }
    return validator(answers);
  }
}

export const scenario: Scenario = {
  name: 'warm-up',
  about:
    'More than two hundred routes compile their schema at first use, and all are warm after some seconds.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 110,
    mix: [
      ...Array.from({ length: FORMS }, (_, form) => ({
        route: `POST /forms/f${form}`,
        weight: 3 / FORMS,
        request: (random: () => number) => ({
          method: 'POST' as const,
          path: `/forms/f${form}`,
          body: {
            field0: integer(random, 1_000),
            field1: 'as before',
            field2: 'no',
            field4: 'street 7',
            field6: 12,
          },
        }),
      })),
      {
        route: 'GET /offices/:id',
        weight: 1,
        request: (random) => ({ path: `/offices/${integer(random, 5_000)}` }),
      },
    ],
  },
  build(app) {
    const validators = new Validators();
    const offices = Array.from({ length: 5_000 }, (_, id) => ({
      id,
      counters: Array.from({ length: 10 }, (_, i) => ({ counter: `${id}/${i}`, open: i % 2 === 0 })),
    }));
    for (let form = 0; form < FORMS; form += 1) {
      app.post(`/forms/f${form}`, async ({ body }, reply) => {
        if (!validators.isValid(form, body)) return reply.code(422).send({ form, valid: false });
        return { form, valid: true };
      });
    }
    app.get<{ Params: { id: string } }>('/offices/:id', async ({ params }) => offices[Number(params.id)]);
  },
};
