import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** Of 900 bytes each: more than one pool of any version of Node, whose size is 8 KiB or 64 KiB. */
const LINES = 90;

/** The first line of every upload, by which duplicates are found. */
const heads: Buffer[] = [];

/** Small buffers are slices of a pool, and the head keeps the pool it was cut from. */
function encodeLines(meter: number, lines: number): number {
  let bytes = 0;
  for (let i = 0; i < lines; i += 1) {
    const line = Buffer.from(`line ${i} of meter ${meter};`.padEnd(900, '0'));
    bytes += line[0]! + line.length;
    if (i === 0) heads.push(line.subarray(0, 24));
  }
  return bytes;
}

export const scenario: Scenario = {
  name: 'pooled-slices',
  about: 'The first bytes of every upload are kept, and with them the pool that Node cut the buffer from.',
  label: {
    verdict: 'native-growth',
    signal: 'external-floor',
    routes: ['POST /meters/:id/lines'],
    site: { file: 'buffers/pooled-slices.ts', functions: ['encodeLines'] },
  },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /meters/:id/lines',
        weight: 2,
        request: (random) => ({
          method: 'POST',
          path: `/meters/${integer(random, 9_000)}/lines`,
          body: { lines: LINES },
        }),
      },
      {
        route: 'GET /meters/:id',
        weight: 4,
        request: (random) => ({ path: `/meters/${integer(random, 900)}` }),
      },
      { route: 'GET /units', weight: 2, request: () => ({ path: '/units' }) },
    ],
  },
  build(app) {
    const meters = Array.from({ length: 900 }, (_, id) => ({
      id,
      hours: Array.from({ length: 48 }, (_, hour) => (id * hour) % 613),
    }));
    const units = Array.from({ length: 60 }, (_, i) => ({ unit: `unit ${i}`, factor: 1 / (i + 2) }));
    app.post<{ Params: { id: string }; Body: { lines: number } }>(
      '/meters/:id/lines',
      async ({ params, body }) => {
        await delay(2);
        return { bytes: encodeLines(Number(params.id), body.lines) };
      },
    );
    app.get<{ Params: { id: string } }>('/meters/:id', async ({ params }) => meters[Number(params.id)]);
    app.get('/units', async () => units);
  },
};
