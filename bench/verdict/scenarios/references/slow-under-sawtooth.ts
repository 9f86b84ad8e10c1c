import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const OFFERS = 60_000;
const REFRESH_MS = 8_000;

interface Offer {
  readonly id: number;
  readonly hotel: string;
  readonly room: string;
  readonly nights: readonly number[];
}

interface Click {
  readonly at: number;
  readonly offer: number;
  readonly visitor: string;
}

/** Clicks to be billed to the hotels; billing now reads the access log instead, and nothing empties the list. */
const clicks: Click[] = [];

function recordClick(offer: number, visitor: string): void {
  clicks.push({ at: Date.now(), offer, visitor: `v${visitor}` });
}

/** A full copy of the reservation system's offers, about 17 MB. */
function loadOffers(generation: number): Offer[] {
  const offers: Offer[] = [];
  for (let id = 0; id < OFFERS; id += 1) {
    const nights = [];
    for (let n = 0; n < 8; n += 1) nights.push(80 + ((id + n * generation) % 200));
    offers.push({ id, hotel: `Hotel ${id % 3_000}`, room: `Room ${id}, generation ${generation}`, nights });
  }
  return offers;
}

export const scenario: Scenario = {
  name: 'slow-under-sawtooth',
  about:
    'Clicks are kept for ever, some 150 bytes each, while all offers, some 18 MB, are replaced every eight seconds.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /offers/:id/clicks'],
    site: { file: 'references/slow-under-sawtooth.ts', functions: ['recordClick', 'countClick'] },
  },
  load: {
    requestsPerSecond: 200,
    mix: [
      {
        route: 'POST /offers/:id/clicks',
        weight: 7,
        request: (random) => ({
          method: 'POST',
          path: `/offers/${integer(random, OFFERS)}/clicks`,
          body: { visitor: `${integer(random, 1e9)}-${integer(random, 1e9)}` },
        }),
      },
      {
        route: 'GET /offers/:id',
        weight: 2,
        request: (random) => ({ path: `/offers/${integer(random, OFFERS)}` }),
      },
      {
        route: 'GET /offers',
        weight: 1,
        request: (random) => ({ path: `/offers?from=${integer(random, OFFERS)}` }),
      },
    ],
  },
  build(app) {
    let generation = 0;
    let offers = loadOffers(generation);
    const refreshing = setInterval(() => {
      generation += 1;
      offers = loadOffers(generation);
    }, REFRESH_MS);
    app.addHook('onClose', async () => clearInterval(refreshing));
    app.post<{ Params: { id: string }; Body: { visitor: string } }>(
      '/offers/:id/clicks',
      async function countClick({ params, body }, reply) {
        recordClick(Number(params.id), body.visitor);
        return reply.code(204).send();
      },
    );
    app.get<{ Params: { id: string } }>('/offers/:id', async ({ params }) => offers[Number(params.id)]);
    app.get<{ Querystring: { from: string } }>('/offers', async ({ query }) =>
      offers.slice(Number(query.from), Number(query.from) + 20),
    );
  },
};
