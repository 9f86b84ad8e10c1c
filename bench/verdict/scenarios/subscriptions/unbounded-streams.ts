import { Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const ACCOUNTS = 900;
const PREVIEW_ROWS = 10;

interface Booking {
  readonly account: number;
  readonly cents: number;
  readonly text: string;
}

interface Line {
  readonly date: string;
  readonly amount: string;
  readonly text: string;
}

/** For the list of running exports. A stream is removed on 'close', which that of a preview never emits. */
const activeStreams = new Map<number, Transform>();
let opened = 0;

class LineFormatter extends Transform {
  constructor() {
    super({ objectMode: true, highWaterMark: PREVIEW_ROWS * 2 });
  }

  override _transform(booking: Booking, _encoding: BufferEncoding, done: TransformCallback): void {
    const line: Line = {
      date: '2024-05-17',
      amount: (booking.cents / 100).toFixed(2),
      text: `${booking.text} (checked)`,
    };
    done(null, line);
  }
}

function openExport(bookings: readonly Booking[]): Transform {
  const stream = new LineFormatter();
  opened += 1;
  const number = opened;
  activeStreams.set(number, stream);
  stream.once('close', () => activeStreams.delete(number));
  for (const booking of bookings.slice(0, PREVIEW_ROWS * 2)) stream.write(booking);
  return stream;
}

async function accountRoutes(app: FastifyInstance): Promise<void> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, account) =>
    Array.from({ length: 90 }, (_, n): Booking => ({
      account,
      cents: (account * 97 + n * 1_301) % 500_000,
      text: `Booking ${n} on ${account}`,
    })),
  );
  app.get<{ Params: { id: string } }>('/:id/export/preview', async function previewExport({ params }) {
    const stream = openExport(accounts[Number(params.id)]!);
    const lines: Line[] = [];
    while (lines.length < PREVIEW_ROWS) {
      const line = stream.read() as Line | null;
      if (line === null) break;
      lines.push(line);
    }
    return lines;
  });
  app.get<{ Params: { id: string } }>('/:id/balance', async ({ params }) => ({
    cents: accounts[Number(params.id)]?.reduce((sum, { cents }) => sum + cents, 0),
  }));
  app.get<{ Params: { id: string } }>('/:id/bookings', (request, reply) => {
    void reply.send(accounts[Number(request.params.id)]?.slice(0, 30));
  });
}

export const scenario: Scenario = {
  name: 'unbounded-streams',
  about: 'The preview of an export reads ten rows of a stream, and neither ends nor destroys it.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /accounts/:id/export/preview'],
    site: {
      file: 'subscriptions/unbounded-streams.ts',
      functions: ['LineFormatter', '_transform', 'openExport', 'previewExport'],
    },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'GET /accounts/:id/export/preview',
        weight: 2,
        request: (random) => ({ path: `/accounts/${integer(random, ACCOUNTS)}/export/preview` }),
      },
      {
        route: 'GET /accounts/:id/balance',
        weight: 4,
        request: (random) => ({ path: `/accounts/${integer(random, ACCOUNTS)}/balance` }),
      },
      {
        route: 'GET /accounts/:id/bookings',
        weight: 3,
        request: (random) => ({ path: `/accounts/${integer(random, ACCOUNTS)}/bookings` }),
      },
    ],
  },
  async build(app) {
    await app.register(accountRoutes, { prefix: '/accounts' });
  },
};
