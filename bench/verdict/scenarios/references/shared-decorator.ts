import type { FastifyInstance, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const FLIGHTS = 6_000;

interface Breadcrumb {
  readonly at: Date;
  readonly step: string;
  readonly details: Record<string, string | number>;
}

/**
 * Fastify rejects an array as the default of a request decorator, because all requests would share it. A getter that
 * returns the plugin's own array silences the error and brings the sharing back.
 */
function addBreadcrumbs(app: FastifyInstance): void {
  const shared: Breadcrumb[] = [];
  app.decorateRequest('breadcrumbs', { getter: () => shared });
}

function leaveBreadcrumb(request: FastifyRequest, step: string, subject: string): void {
  request.getDecorator<Breadcrumb[]>('breadcrumbs').push({
    at: new Date(),
    step: `${step} in ${request.id}`,
    details: {
      subject: `${subject} of ${request.id}`,
      url: request.url,
      agent: request.headers['user-agent'] ?? '',
      pid: process.pid,
    },
  });
}

export const scenario: Scenario = {
  name: 'shared-decorator',
  about: 'What looks like a list of breadcrumbs of the request is one array that all requests share.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /check-ins', 'GET /flights/:number/seats'],
    site: {
      file: 'references/shared-decorator.ts',
      functions: ['leaveBreadcrumb', 'checkIn', 'showSeats'],
    },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'POST /check-ins',
        weight: 3,
        request: (random, n) => ({
          method: 'POST',
          path: '/check-ins',
          body: { flight: integer(random, FLIGHTS), passenger: `Passenger ${n}`, bags: integer(random, 3) },
        }),
      },
      {
        route: 'GET /flights/:number/seats',
        weight: 2,
        request: (random) => ({ path: `/flights/${integer(random, FLIGHTS)}/seats` }),
      },
      {
        route: 'GET /flights/:number',
        weight: 5,
        request: (random) => ({ path: `/flights/${integer(random, FLIGHTS)}` }),
      },
      { route: 'GET /departures', weight: 2, request: () => ({ path: '/departures' }) },
    ],
  },
  build(app) {
    const flights = Array.from({ length: FLIGHTS }, (_, number) => ({
      number,
      to: `City ${number % 300}`,
      seats: Array.from({ length: 30 }, (_, row) => `${row + 1}${'ABCDEF'[(row + number) % 6]}`),
    }));
    addBreadcrumbs(app);
    app.post<{ Body: { flight: number; passenger: string; bags: number } }>(
      '/check-ins',
      async function checkIn(request) {
        const { flight, passenger, bags } = request.body;
        for (const step of ['identify', 'assign seat', 'weigh bags', 'print'])
          leaveBreadcrumb(request, step, passenger);
        await delay(5);
        return { flight, passenger, bags, seat: flights[flight]?.seats[bags] };
      },
    );
    app.get<{ Params: { number: string } }>('/flights/:number/seats', async function showSeats(request) {
      leaveBreadcrumb(request, 'seat map', `flight ${request.params.number}`);
      return flights[Number(request.params.number)]?.seats;
    });
    app.get<{ Params: { number: string } }>('/flights/:number', async ({ params }) => {
      await delay(1);
      return flights[Number(params.number)];
    });
    app.get('/departures', async () => flights.slice(0, 60).map(({ number, to }) => ({ number, to })));
  },
};
