import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PIXELS = 96;
const FINGERPRINT_BYTES = 16;

const fingerprints: Buffer[] = [];
const layers = new Map<string, Float64Array>();

/** The fingerprint is a view of the tile's last bytes, so the list retains every tile ever drawn. */
function drawTile(heights: Float64Array, x: number, y: number): Buffer {
  const tile = Buffer.alloc(PIXELS * PIXELS + FINGERPRINT_BYTES);
  for (let i = 0; i < PIXELS * PIXELS; i += 1)
    tile[i] = heights[(x * 31 + y * 17 + i) % heights.length]! & 0xff;
  createHash('md5')
    .update(tile.subarray(0, 256))
    .digest()
    .copy(tile, PIXELS * PIXELS);
  fingerprints.push(tile.subarray(PIXELS * PIXELS));
  return tile;
}

export const scenario: Scenario = {
  name: 'buffer-slices',
  about: 'Sixteen bytes of every map tile are kept as a view, which keeps the nine kilobytes around them.',
  label: {
    verdict: 'native-growth',
    signal: 'external-floor',
    routes: ['GET /maps/:layer/:x/:y'],
    site: { file: 'buffers/buffer-slices.ts', functions: ['drawTile'] },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'GET /maps/:layer/:x/:y',
        weight: 4,
        request: (random) => ({ path: `/maps/relief/${integer(random, 4096)}/${integer(random, 4096)}` }),
      },
      { route: 'GET /maps', weight: 3, request: () => ({ path: '/maps' }) },
      {
        route: 'POST /maps/route',
        weight: 3,
        request: (random) => ({
          method: 'POST',
          path: '/maps/route',
          body: { stops: Array.from({ length: 12 }, () => [integer(random, 4096), integer(random, 4096)]) },
        }),
      },
    ],
  },
  build(app) {
    for (const layer of ['relief', 'rain', 'roads']) {
      layers.set(
        layer,
        Float64Array.from({ length: 250_000 }, (_, i) => Math.sin(i / 90) * 127 + 128),
      );
    }
    app.get<{ Params: { layer: string; x: string; y: string } }>(
      '/maps/:layer/:x/:y',
      async ({ params }, reply) => {
        const heights = layers.get(params.layer);
        if (heights === undefined) return reply.code(404).send({ message: 'no such layer' });
        await delay(2);
        const tile = drawTile(heights, Number(params.x), Number(params.y));
        return reply.type('application/octet-stream').send(tile.subarray(0, PIXELS * PIXELS));
      },
    );
    app.get('/maps', async () =>
      [...layers].map(([name, { length }]) => ({
        name,
        length,
        legend: Array.from({ length: 40 }, (_, i) => `${i * 25} m`),
      })),
    );
    app.post<{ Body: { stops: [number, number][] } }>('/maps/route', ({ body }, reply) => {
      const legs = body.stops
        .slice(1)
        .map(([x, y], i) => Math.hypot(x - body.stops[i]![0], y - body.stops[i]![1]));
      reply.send({ legs, metres: legs.reduce((sum, leg) => sum + leg, 0) });
    });
  },
};
