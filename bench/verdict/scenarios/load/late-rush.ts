import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { integer } from '../../random.js';
import type { ClientContext, Scenario } from '../../scenario.js';

const QUIET_MS = 25_000;
const EVERY_MS = 12;
const KEPT = 1_000;

interface Bid {
  readonly lot: number;
  readonly bidder: string;
  readonly marks: readonly { readonly mark: string; readonly cents: number }[];
}

function bidFor(lot: number, n: number): Bid {
  const marks = [];
  for (let i = 0; i < 10; i += 1) marks.push({ mark: `mark ${i} of bidder ${n}`, cents: lot + n * i });
  return { lot, bidder: `bidder ${n}`, marks };
}

/** The auction begins some time after the start, and everybody bids until the end of the run. */
async function clients({ origin, random, signal }: ClientContext): Promise<void> {
  await delay(QUIET_MS, undefined, { signal });
  for (let n = 0; !signal.aborted; n += 1) {
    const { body } = await request(`${origin}/bids`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ lot: integer(random, 40), n }),
      signal,
    });
    await body.dump();
    await delay(EVERY_MS, undefined, { signal });
  }
}

export const scenario: Scenario = {
  name: 'late-rush',
  about: 'A route that hardly anybody used becomes the busiest, and its ring of the last bids fills up.',
  label: { verdict: 'stable', alsoRight: ['filling', 'load-following'] },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'GET /lots/:id',
        weight: 5,
        request: (random) => ({ path: `/lots/${integer(random, 2_000)}` }),
      },
      {
        route: 'GET /lots',
        weight: 2,
        request: (random) => ({ path: `/lots?page=${integer(random, 100)}` }),
      },
      {
        route: 'POST /bids',
        weight: 0.05,
        request: (random, n) => ({
          method: 'POST',
          path: '/bids',
          body: { lot: integer(random, 2_000), n: n + 1e6 },
        }),
      },
    ],
    clients,
  },
  build(app) {
    const lots = Array.from({ length: 2_000 }, (_, id) => ({
      id,
      title: `Lot ${id}`,
      pictures: Array.from({ length: 8 }, (_, i) => `picture ${id}/${i}`),
    }));
    const bids: Bid[] = [];
    let next = 0;
    app.get<{ Params: { id: string } }>('/lots/:id', async ({ params }) => lots[Number(params.id)]);
    app.get<{ Querystring: { page: string } }>('/lots', async ({ query }) =>
      lots.slice(Number(query.page) * 20, Number(query.page) * 20 + 20),
    );
    app.post<{ Body: { lot: number; n: number } }>('/bids', async ({ body }) => {
      await delay(2);
      bids[next] = bidFor(body.lot, body.n);
      next = (next + 1) % KEPT;
      return { bids: bids.length };
    });
  },
};
