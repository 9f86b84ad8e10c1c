import { setTimeout as delay } from 'node:timers/promises';
import { XMLBuilder } from 'fast-xml-parser';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Organisation {
  readonly ref: string;
  readonly name: string;
  readonly projects: number;
  readonly website?: URL;
}
type Tree = Readonly<Record<string, unknown>>;

const organisations: Organisation[] = [];
/** Documents in progress, by request, so that a status page can show the progress of each export. */
const exports = new Map<string, { readonly organisation: Organisation; readonly tree: Tree }>();
const builder = new XMLBuilder({ ignoreAttributes: false });

function buildTree(organisation: Organisation): Tree {
  const activities: Tree[] = [];
  for (let i = 0; i < organisation.projects; i += 1) activities.push(buildActivity(organisation, i));
  return { 'iati-activities': { '@_version': '2.03', 'iati-activity': activities } };
}

function buildActivity({ ref, name }: Organisation, i: number): Tree {
  return {
    '@_default-currency': 'EUR',
    'iati-identifier': `${ref}-${i}`,
    'reporting-org': { '@_ref': ref, narrative: name },
    title: { narrative: `Clean water for district ${i} of ${ref}` },
    transaction: [1, 2, 3, 4].map((quarter) => buildTransaction(quarter, (i + 1) * (quarter + 2))),
  };
}

function buildTransaction(quarter: number, thousands: number): Tree {
  return {
    'transaction-date': { '@_iso-date': `2024-0${quarter}-15` },
    value: { '@_currency': 'EUR', '#text': `${thousands}000` },
  };
}

export const scenario: Scenario = {
  name: 'iati-export',
  about: 'The clean-up after an export fails for organisations without a website, and their XML trees stay.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /api/organisations/:ref/iati.xml'],
    site: { file: 'incidents/iati-export.ts', functions: ['buildTransaction', 'buildActivity', 'buildTree'] },
  },
  load: {
    requestsPerSecond: 60,
    mix: [
      {
        route: 'GET /api/organisations/:ref/iati.xml',
        weight: 1,
        request: (random) => ({ path: `/api/organisations/org-${integer(random, 800)}/iati.xml` }),
      },
      {
        route: 'GET /api/organisations',
        weight: 6,
        request: (random) => ({ path: `/api/organisations?page=${integer(random, 20)}` }),
      },
      {
        route: 'GET /api/projects/:n',
        weight: 10,
        request: (random) => ({ path: `/api/projects/${integer(random, 9_000)}` }),
      },
    ],
  },
  async build(app) {
    for (let i = 0; i < 800; i += 1) {
      const website = i % 5 === 0 ? { website: new URL(`http://org-${i}.example/`) } : {};
      organisations.push({
        ref: `org-${i}`,
        name: `Organisation ${i}`,
        projects: 60 + ((i * 7) % 140),
        ...website,
      });
    }
    const projects = stored(
      Array.from({ length: 9_000 }, (_, n) => ({
        n,
        title: `Project ${n}`,
        report: `Progress of ${n}. `.repeat(40) + n,
      })),
    );
    await app.register(
      async (api) => {
        api.addHook('onResponse', (request, _reply, done) => {
          try {
            const entry = exports.get(request.id);
            if (entry !== undefined) request.log.debug(`exported for ${entry.organisation.website!.host}`);
            exports.delete(request.id);
          } catch {
            request.log.debug('clean-up failed');
          }
          done();
        });
        api.get<{ Params: { ref: string } }>(
          '/organisations/:ref/iati.xml',
          async ({ params, id }, reply) => {
            const organisation = organisations[Number(params.ref.slice(4))]!;
            const tree = buildTree(organisation);
            exports.set(id, { organisation, tree });
            await delay(8);
            return reply.type('application/xml').send(builder.build(tree));
          },
        );
        api.get<{ Querystring: { page: string } }>('/organisations', async ({ query }) =>
          organisations.slice(Number(query.page) * 40, Number(query.page) * 40 + 40),
        );
        api.get<{ Params: { n: string } }>('/projects/:n', async ({ params }) => projects[Number(params.n)]);
      },
      { prefix: '/api' },
    );
  },
};
