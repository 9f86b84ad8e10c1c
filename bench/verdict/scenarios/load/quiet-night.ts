import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CLOSING_SECONDS = 30;
const SEATS = 40_000;

export const scenario: Scenario = {
  name: 'quiet-night',
  about: 'After half a minute of ordinary bookings nobody comes any more.',
  label: { verdict: 'stable' },
  load: {
    requestsPerSecond: (seconds) => (seconds < CLOSING_SECONDS ? 140 : 0),
    mix: [
      {
        route: 'GET /seats',
        weight: 4,
        request: (random) => ({ path: `/seats?row=${integer(random, SEATS / 100)}` }),
      },
      {
        route: 'PUT /seats/:id',
        weight: 3,
        request: (random, n) => ({
          method: 'PUT',
          path: `/seats/${integer(random, SEATS)}`,
          body: { guest: `guest-${n}` },
        }),
      },
      { route: 'GET /shows', weight: 3, request: () => ({ path: '/shows' }) },
    ],
  },
  build(app) {
    const seats = Array.from({ length: SEATS }, (_, id) => ({
      id,
      guest: `nobody-${id}`,
      price: 20 + (id % 60),
    }));
    const shows = Array.from({ length: 30 }, (_, id) => ({
      id,
      title: `Show ${id}`,
      plot: `Act ${id}. `.repeat(60),
    }));
    app.get<{ Querystring: { row: string } }>('/seats', async ({ query }) => {
      await delay(2);
      return seats.slice(Number(query.row) * 100, Number(query.row) * 100 + 100);
    });
    app.put<{ Params: { id: string }; Body: { guest: string } }>('/seats/:id', async ({ params, body }) => {
      const seat = seats[Number(params.id)];
      if (seat !== undefined) seat.guest = body.guest;
      return seat;
    });
    app.get('/shows', (_request, reply) => {
      reply.send(shows);
    });
  },
};
