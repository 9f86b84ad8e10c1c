import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { integer, type Random } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PARCELS = 15_000;
/** Share of the requests to the two routes. */
const FAILING = 0.12;

interface Failure {
  readonly at: Date;
  readonly request: string;
  readonly message: string;
  readonly stack: string;
  readonly headers: Record<string, string>;
  readonly sent: string;
}

/** For the page of recent failures, which shows ten. */
const failures: Failure[] = [];

function describeFailure(error: FastifyError, request: FastifyRequest): Failure {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = `${name}: ${String(value)}`;
  return {
    at: new Date(),
    request: `${request.method} ${request.url} (${request.id})`,
    message: `${error.message} in ${request.id}`,
    stack: `${request.id}\n${error.stack ?? ''}`.split('\n').join('\n    '),
    headers,
    sent: JSON.stringify({ params: request.params, body: request.body }, null, 2),
  };
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  failures.push(describeFailure(error, request));
  void reply.code(error.statusCode ?? 500).send({ error: error.message });
}

class NotFound extends Error {
  readonly statusCode = 404;
}

function addressBody(random: Random, n: number): Record<string, unknown> {
  const body = {
    name: `Person ${n}`,
    street: `Street ${integer(random, 900)}`,
    city: `City ${integer(random, 90)}`,
    postcode: '10115',
  };
  return random() < FAILING
    ? { ...body, postcode: 'unknown', remark: 'second floor, ring twice. '.repeat(20) }
    : body;
}

const ADDRESS = {
  type: 'object',
  required: ['name', 'street', 'city', 'postcode'],
  properties: {
    postcode: { type: 'string', pattern: '^[0-9]{5}$' },
    name: { type: 'string', maxLength: 80 },
  },
};

export const scenario: Scenario = {
  name: 'error-path-only',
  about: 'The error handler keeps a description of every failed request; one request in ten fails.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /addresses', 'GET /parcels/:id'],
    site: { file: 'references/error-path-only.ts', functions: ['describeFailure', 'answerError'] },
  },
  load: {
    requestsPerSecond: 180,
    mix: [
      {
        route: 'POST /addresses',
        weight: 5,
        request: (random, n) => ({ method: 'POST', path: '/addresses', body: addressBody(random, n) }),
      },
      {
        route: 'GET /parcels/:id',
        weight: 5,
        request: (random) => ({
          path: `/parcels/${integer(random, PARCELS) + (random() < FAILING ? PARCELS : 0)}`,
        }),
      },
      { route: 'GET /offices', weight: 2, request: () => ({ path: '/offices' }) },
    ],
  },
  build(app) {
    const parcels = new Map(
      Array.from({ length: PARCELS }, (_, id) => [
        id,
        {
          id,
          grams: 100 + (id % 9_000),
          track: Array.from({ length: 5 }, (_, n) => ({ office: (id + n) % 80, hour: n * 6 })),
        },
      ]),
    );
    const offices = Array.from({ length: 80 }, (_, id) => ({
      id,
      name: `Office ${id}`,
      opens: 8,
      closes: 18,
    }));
    app.setErrorHandler(answerError);
    app.post('/addresses', { schema: { body: ADDRESS } }, (request, reply) => {
      void reply.code(201).send({ accepted: request.body });
    });
    app.get<{ Params: { id: string } }>('/parcels/:id', async function showParcel({ params }) {
      await delay(2);
      const parcel = parcels.get(Number(params.id));
      if (parcel === undefined) throw new NotFound(`There is no parcel ${params.id}`);
      return parcel;
    });
    app.get('/offices', async () => offices);
  },
};
