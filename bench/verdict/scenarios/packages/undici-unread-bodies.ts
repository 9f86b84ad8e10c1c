import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const CATALOGUE_BYTES = 400_000;

const suppliers = stored(
  Array.from({ length: 1_200 }, (_, n) => ({
    n,
    name: `Supplier ${n}`,
    terms: Array.from({ length: 25 }, (_, k) => `Clause ${k} of supplier ${n} on delivery and returns.`),
  })),
);
const agent = new Agent();

/** Only the headers are needed, and an unread body holds its connection forever. */
async function lastChange(origin: string, supplier: string): Promise<string> {
  const { headers } = await request(`${origin}/catalogues/${supplier}`, { dispatcher: agent });
  return String(headers['last-modified']);
}

export const scenario: Scenario = {
  name: 'undici-unread-bodies',
  about: 'Answers of another service are left unread, each with a connection and what it has buffered.',
  label: {
    verdict: 'native-growth',
    alsoRight: ['leaking'],
    signal: 'external-floor',
    routes: ['GET /suppliers/:n/freshness'],
    site: { file: 'packages/undici-unread-bodies.ts', functions: ['lastChange'] },
  },
  load: {
    requestsPerSecond: 65,
    mix: [
      {
        route: 'GET /suppliers/:n/freshness',
        weight: 1,
        request: (random) => ({ path: `/suppliers/${integer(random, 1_200)}/freshness` }),
      },
      {
        route: 'GET /suppliers/:n',
        weight: 10,
        request: (random) => ({ path: `/suppliers/${integer(random, 1_200)}` }),
      },
      {
        route: 'GET /suppliers',
        weight: 6,
        request: (random) => ({ path: `/suppliers?page=${integer(random, 30)}` }),
      },
    ],
  },
  async build(app) {
    const catalogue = Buffer.alloc(CATALOGUE_BYTES, 'catalogue ');
    const service = createServer((_request, response) => {
      response.writeHead(200, { 'last-modified': new Date(1.7e12).toUTCString() }).end(catalogue);
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    app.addHook('onClose', async () => {
      service.closeAllConnections();
      service.close();
      await agent.destroy();
    });
    app.get<{ Params: { n: string } }>('/suppliers/:n/freshness', async ({ params }) => ({
      changed: await lastChange(`http://127.0.0.1:${port}`, params.n),
    }));
    app.get<{ Params: { n: string } }>('/suppliers/:n', async ({ params }) => {
      await delay(1);
      return suppliers[Number(params.n)];
    });
    app.get<{ Querystring: { page: string } }>('/suppliers', async ({ query }) =>
      suppliers
        .slice(Number(query.page) * 40, Number(query.page) * 40 + 40)
        .map(({ n, name }) => ({ n, name })),
    );
  },
};
