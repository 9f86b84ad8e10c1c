import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const COUNTRIES = 25;
/** Requests after which clients use one more country. */
const PER_COUNTRY = 50;

interface Tariff {
  readonly code: string;
  readonly percent: number;
  readonly text: string;
}

const loaded = new Map<number, Promise<readonly Tariff[]>>();

async function readTariffs(country: number): Promise<readonly Tariff[]> {
  await delay(15);
  return Array.from({ length: 5_000 }, (_, i) => ({
    code: `${country}.${i}`,
    percent: (i % 40) / 2,
    text: `Chapter ${i % 97} of country ${country}`,
  }));
}

function tariffsOf(country: number): Promise<readonly Tariff[]> {
  let tariffs = loaded.get(country);
  if (tariffs === undefined) {
    tariffs = readTariffs(country);
    loaded.set(country, tariffs);
  }
  return tariffs;
}

export const scenario: Scenario = {
  name: 'lazy-loading',
  about:
    'The tariffs of a country and the libraries of a feature are loaded at first use, all within half a minute.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'GET /tariffs/:country/:code',
        weight: 6,
        request: (random, n) => ({
          path: `/tariffs/${integer(random, Math.min(COUNTRIES, 1 + n / PER_COUNTRY))}/${integer(random, 5_000)}`,
        }),
      },
      {
        route: 'POST /declarations',
        weight: 2,
        request: (random, n) => ({
          method: 'POST',
          path: '/declarations',
          body: { format: n < 400 ? 'json' : 'yaml', parcel: n, value: integer(random, 5_000) },
        }),
      },
      { route: 'GET /letters/:id', weight: 1, request: (_random, n) => ({ path: `/letters/${n}` }) },
    ],
  },
  build(app) {
    app.get<{ Params: { country: string; code: string } }>('/tariffs/:country/:code', async ({ params }) => {
      const tariffs = await tariffsOf(Number(params.country));
      return tariffs[Number(params.code)];
    });
    app.post<{ Body: { format: string; parcel: number } }>('/declarations', async ({ body }, reply) => {
      if (body.format === 'json') return body;
      const { stringify } = await import('yaml');
      return reply.type('application/yaml').send(stringify(body));
    });
    let letter: ((context: object) => string) | undefined;
    app.get<{ Params: { id: string } }>('/letters/:id', async ({ params }, reply) => {
      const { default: handlebars } = await import('handlebars');
      letter ??= handlebars.compile('<p>Dear customer, parcel {{id}} waits for you.</p>');
      return reply.type('text/html').send(letter(params));
    });
  },
};
