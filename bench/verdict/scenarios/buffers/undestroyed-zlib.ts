import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Device {
  readonly serial: string;
  readonly settings: Readonly<Record<string, string>>;
}

const devices: Device[] = stored(
  Array.from({ length: 1_500 }, (_, i) => ({
    serial: `dev-${i}`,
    settings: Object.fromEntries(
      Array.from({ length: 30 }, (_, k) => [`option${k}`, `value ${i * k} of ${i}`]),
    ),
  })),
);

/** Compressors of sync sessions, kept to reuse the dictionary; the call that ends a session was never written. */
const sessions = new Map<number, DeflateRaw>();

async function openSession(device: Device): Promise<{ session: number; packet: Buffer }> {
  const deflate = createDeflateRaw({ level: 4 });
  const session = sessions.size + 1;
  sessions.set(session, deflate);
  const packets: Buffer[] = [];
  deflate.on('data', (packet: Buffer) => packets.push(packet));
  deflate.write(JSON.stringify(device));
  await new Promise<void>((resolve) => {
    deflate.flush(constants.Z_SYNC_FLUSH, resolve);
  });
  deflate.removeAllListeners('data');
  return { session, packet: Buffer.concat(packets) };
}

export const scenario: Scenario = {
  name: 'undestroyed-zlib',
  about: 'Each sync session opens a compressor that is never closed, with a window that only zlib sees.',
  label: {
    verdict: 'native-growth',
    signal: 'native-remainder',
    routes: ['POST /devices/:n/sync'],
    site: { file: 'buffers/undestroyed-zlib.ts', functions: ['openSession'] },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'POST /devices/:n/sync',
        weight: 1,
        request: (random) => ({ method: 'POST', path: `/devices/${integer(random, 1_500)}/sync` }),
      },
      {
        route: 'GET /devices/:n',
        weight: 8,
        request: (random) => ({ path: `/devices/${integer(random, 1_500)}` }),
      },
      {
        route: 'PATCH /devices/:n',
        weight: 4,
        request: (random) => ({
          method: 'PATCH',
          path: `/devices/${integer(random, 1_500)}`,
          body: { option3: `set to ${integer(random, 99)}` },
        }),
      },
    ],
  },
  build(app) {
    app.register(
      async (scope) => {
        scope.post<{ Params: { n: string } }>('/:n/sync', async ({ params }, reply) => {
          const { session, packet } = await openSession(devices[Number(params.n)]!);
          return reply.header('x-session', session).type('application/octet-stream').send(packet);
        });
        scope.get<{ Params: { n: string } }>('/:n', async ({ params }) => devices[Number(params.n)]);
        scope.patch<{ Params: { n: string }; Body: Record<string, string> }>(
          '/:n',
          async ({ params, body }) => {
            const n = Number(params.n);
            const device = devices[n]!;
            devices[n] = { ...device, settings: { ...device.settings, ...body } };
            return { serial: device.serial, changed: Object.keys(body) };
          },
        );
      },
      { prefix: '/devices' },
    );
  },
};
