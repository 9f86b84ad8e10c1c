import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const DEPOTS = 600;

interface Shipment {
  readonly id: string;
  readonly recipient: string;
  readonly stops: { readonly depot: string; readonly dueMinutes: number; readonly barcode: string }[];
}

type Delivered = (at: Date) => void;

/** Settled when the carrier reports a delivery; the carrier's webhook has moved, so it never does. */
const waitingForDelivery: Delivered[] = [];
let archived = 0;

function delivery(): Promise<Date> {
  return new Promise((resolve) => {
    waitingForDelivery.push(resolve);
  });
}

function planShipment(id: string, recipient: string, depots: readonly string[], first: number): Shipment {
  const stops = [];
  for (let n = 0; n < 7; n += 1) {
    const depot = depots[(first + n * 37) % depots.length]!;
    stops.push({ depot, dueMinutes: n * 45, barcode: `${id}-${n}-${depot}`.toUpperCase() });
  }
  return { id, recipient, stops };
}

async function archiveWhenDelivered(shipment: Shipment): Promise<void> {
  await delivery();
  archived += shipment.stops.length;
}

export const scenario: Scenario = {
  name: 'unsettled-promises',
  about:
    'Each shipment is held by an async function that waits for a delivery report, and the reports never come.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /shipments'],
    site: {
      file: 'references/unsettled-promises.ts',
      functions: ['planShipment', 'archiveWhenDelivered', 'delivery', 'createShipment'],
    },
  },
  load: {
    requestsPerSecond: 150,
    mix: [
      {
        route: 'POST /shipments',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: '/shipments',
          body: { recipient: `Recipient ${n}`, first: integer(random, DEPOTS), gift: random() < 0.2 },
        }),
      },
      {
        route: 'GET /depots/:name/timetable',
        weight: 4,
        request: (random) => ({ path: `/depots/${integer(random, DEPOTS)}/timetable` }),
      },
      { route: 'GET /statistics', weight: 2, request: () => ({ path: '/statistics' }) },
    ],
  },
  build(app) {
    const depots = Array.from({ length: DEPOTS }, (_, id) => `depot-${id}`);
    const timetables = depots.map((depot) =>
      Array.from({ length: 80 }, (_, n) => ({
        truck: `${depot}/${n}`,
        leaves: 300 + n * 11,
        arrives: 340 + n * 11,
      })),
    );
    let created = 0;
    app.post<{ Body: { recipient: string; first: number } }>(
      '/shipments',
      async function createShipment({ body }, reply) {
        created += 1;
        const shipment = planShipment(`s${created}`, body.recipient, depots, body.first);
        void archiveWhenDelivered(shipment);
        await delay(1);
        return reply.code(202).send(shipment);
      },
    );
    app.get<{ Params: { name: string } }>('/depots/:name/timetable', async ({ params }) =>
      timetables[Number(params.name)]?.slice(0, 40),
    );
    app.get('/statistics', async () => ({ created, archived }));
  },
};
