import Database from 'libsql';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Row {
  readonly account: string;
  readonly cents: number;
}

const accounts = stored(
  Array.from({ length: 6_000 }, (_, i) => ({
    account: `AC${i}`,
    owner: `Owner ${i}`,
    book: Array.from({ length: 60 }, (_, k) => k * i),
  })),
);
/** Staging databases in use, for the operators' list. */
const staging = new Set<Database.Database>();

/** The database is closed at the end of the import, which an import with a row without an account never reaches. */
function importRows(rows: readonly Row[]): number {
  const database = new Database(':memory:');
  staging.add(database);
  database.exec('create table booking (account text, cents integer)');
  const insert = database.prepare('insert into booking values (?, ?)');
  for (const { account, cents } of rows) {
    if (!account.startsWith('AC')) throw new RangeError(`no such account: ${account}`);
    insert.run(account, cents);
  }
  const { total } = database.prepare('select sum(cents) as total from booking').get() as { total: number };
  database.close();
  staging.delete(database);
  return total;
}

export const scenario: Scenario = {
  name: 'unclosed-sqlite',
  about: 'An import that fails leaves its database in memory open, which only the resident set shows.',
  label: {
    verdict: 'native-growth',
    signal: 'native-remainder',
    routes: ['POST /imports'],
    site: { file: 'native/unclosed-sqlite.ts', functions: ['importRows'] },
  },
  load: {
    requestsPerSecond: 80,
    mix: [
      {
        route: 'POST /imports',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: '/imports',
          body: Array.from({ length: 15 }, (_, i) => ({
            account: i === 14 && random() < 0.8 ? 'unknown' : `AC${integer(random, 6_000)}`,
            cents: integer(random, 90_000),
          })),
        }),
      },
      {
        route: 'GET /accounts/:n',
        weight: 5,
        request: (random) => ({ path: `/accounts/${integer(random, 6_000)}` }),
      },
      { route: 'GET /imports', weight: 2, request: () => ({ path: '/imports' }) },
    ],
  },
  build(app) {
    app.post<{ Body: Row[] }>('/imports', (request, reply) => {
      try {
        reply.send({ total: importRows(request.body) });
      } catch (error) {
        reply.code(422).send({ message: (error as Error).message });
      }
    });
    app.get<{ Params: { n: string } }>('/accounts/:n', (request, reply) => {
      reply.send(accounts[Number(request.params.n)]);
    });
    app.get('/imports', (_request, reply) => {
      reply.send({ atWork: staging.size });
    });
  },
};
