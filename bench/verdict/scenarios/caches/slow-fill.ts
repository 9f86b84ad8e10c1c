import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** At 100 trips a second it is full after 32 s. */
const KEPT_TRIPS = 3_200;
const STOPS = 5_000;

interface Trip {
  readonly vehicle: string;
  readonly track: readonly { readonly latitude: number; readonly longitude: number }[];
}

const recent: Trip[] = [];
let next = 0;

function keepTrip(vehicle: string, start: number): Trip {
  const track = Array.from({ length: 70 }, (_, i) => ({
    latitude: 52.1 + start / 9_999 + i / 1_001,
    longitude: 13.3 + start / 7_777 - i / 1_003,
  }));
  const trip = { vehicle, track };
  recent[next] = trip;
  next = (next + 1) % KEPT_TRIPS;
  return trip;
}

export const scenario: Scenario = {
  name: 'slow-fill',
  about:
    'A ring of the last trips takes half a minute to come round, and until then it grows with every trip.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 150,
    driftingMix: false,
    mix: [
      {
        route: 'POST /trips',
        weight: 4,
        request: (random, n) => ({
          method: 'POST',
          path: '/trips',
          body: { vehicle: `bus-${n % 240}`, start: integer(random, 1_000) },
        }),
      },
      { route: 'GET /trips/latest', weight: 1, request: () => ({ path: '/trips/latest' }) },
      {
        route: 'GET /stops/:id',
        weight: 1,
        request: (random) => ({ path: `/stops/${integer(random, STOPS)}` }),
      },
    ],
  },
  build(app) {
    const stops = Array.from({ length: STOPS }, (_, id) => ({
      id,
      name: `Stop ${id}`,
      lines: Array.from({ length: 12 }, (_, i) => ({ line: (id + i) % 90, everyMinutes: 5 + (i % 15) })),
    }));
    app.post<{ Body: { vehicle: string; start: number } }>('/trips', async ({ body }, reply) => {
      const trip = keepTrip(body.vehicle, body.start);
      return reply.code(201).send({ vehicle: trip.vehicle, points: trip.track.length });
    });
    app.get('/trips/latest', async () => recent.at(next - 1) ?? {});
    app.get<{ Params: { id: string } }>('/stops/:id', async ({ params }) => stops[Number(params.id)]);
  },
};
