import Handlebars from 'handlebars';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Member {
  readonly name: string;
  readonly club: string;
  readonly payments: readonly { readonly month: string; readonly euros: number }[];
}

const compiled = new Map<string, Handlebars.TemplateDelegate>();
const members: Member[] = [];

/** The editor fills in the sender before it requests a preview, so no two sources are equal. */
function preview(source: string, member: Member): string {
  let template = compiled.get(source);
  if (template === undefined) {
    template = Handlebars.compile(source);
    compiled.set(source, template);
  }
  return template(member);
}

const LETTER = `Dear {{name}},
{{#if payments}}we have received from you:
{{#each payments}}- {{month}}: {{euros}} EUR
{{/each}}{{else}}we have not heard from you.{{/if}}
Your {{club}}`;

export const scenario: Scenario = {
  name: 'compiled-templates',
  about: 'Letter templates are compiled once a source, and every preview comes with a source of its own.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /letters/preview'],
    site: { file: 'code/compiled-templates.ts', functions: ['preview'] },
  },
  load: {
    requestsPerSecond: 75,
    mix: [
      {
        route: 'POST /letters/preview',
        weight: 1,
        request: (random, n) => ({
          method: 'POST',
          path: '/letters/preview',
          body: {
            member: integer(random, 4_000),
            source: `${LETTER}, letter ${n} by clerk ${integer(random, 1e6)}`,
          },
        }),
      },
      {
        route: 'GET /members/:id',
        weight: 5,
        request: (random) => ({ path: `/members/${integer(random, 4_000)}` }),
      },
      {
        route: 'GET /clubs/:club/members',
        weight: 2,
        request: (random) => ({ path: `/clubs/club-${integer(random, 40)}/members` }),
      },
    ],
  },
  build(app) {
    for (let i = 0; i < 4_000; i += 1) {
      const payments = Array.from({ length: i % 13 }, (_, k) => ({
        month: `month ${k} of ${i}`,
        euros: 10 + ((i + k) % 30),
      }));
      members.push(stored({ name: `Member ${i}`, club: `club-${i % 40}`, payments }));
    }
    app.post<{ Body: { member: number; source: string } }>('/letters/preview', (request, reply) => {
      const { member, source } = request.body;
      reply.type('text/plain').send(preview(source, members[member]!));
    });
    app.get<{ Params: { id: string } }>('/members/:id', (request, reply) => {
      reply.send(members[Number(request.params.id)]);
    });
    app.get<{ Params: { club: string } }>('/clubs/:club/members', (request, reply) => {
      reply.send(members.filter(({ club }) => club === request.params.club).slice(0, 30));
    });
  },
};
