import Handlebars from 'handlebars';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** All but one in ten have been used after half a minute, and hardly a new one is after a minute. */
const TEMPLATES = 260;

const compiled = new Map<number, Handlebars.TemplateDelegate>();

/** Each template is compiled when it is first used. */
function render(id: number, data: unknown): string {
  let template = compiled.get(id);
  if (template === undefined) {
    template = Handlebars.compile(sourceOf(id));
    compiled.set(id, template);
  }
  return template(data);
}

function sourceOf(id: number): string {
  const rows = Array.from({ length: 6 }, (_, i) => `{{#if f${i}}}row ${i} of ${id}: {{f${i}}}{{/if}}`);
  return `Letter ${id}\n${rows.join('\n')}\n{{#each lines}}- {{text}} ${id}\n{{/each}}`;
}

export const scenario: Scenario = {
  name: 'templates-warm-up',
  about: 'Some hundred templates are compiled at their first use, ever more rarely, and stay compiled.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'POST /letters/:template',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: `/letters/${integer(random, TEMPLATES)}`,
          body: { f0: `name ${n}`, f3: 'yes', lines: [{ text: 'one' }, { text: 'two' }] },
        }),
      },
      {
        route: 'GET /addresses/:id',
        weight: 4,
        request: (random) => ({ path: `/addresses/${integer(random, 3_000)}` }),
      },
      {
        route: 'POST /labels',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/labels',
          body: {
            parcels: Array.from({ length: 12 }, (_, i) => ({ parcel: n + i, grams: integer(random, 900) })),
          },
        }),
      },
    ],
  },
  build(app) {
    const addresses = Array.from({ length: 3_000 }, (_, id) => ({
      id,
      street: `Street ${id}`,
      town: id % 70,
    }));
    app.post<{ Params: { template: string }; Body: object }>(
      '/letters/:template',
      async ({ params, body }, reply) => reply.type('text/plain').send(render(Number(params.template), body)),
    );
    app.get<{ Params: { id: string } }>('/addresses/:id', async ({ params }) => addresses[Number(params.id)]);
    app.post<{ Body: { parcels: { grams: number }[] } }>('/labels', async ({ body }) => ({
      grams: body.parcels.reduce((sum, { grams }) => sum + grams, 0),
    }));
  },
};
