import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const CACHE_BYTES = 12 * 1024 * 1024;
const BYTES_PER_POINT = 8;

interface Tile {
  readonly key: string;
  readonly heights: readonly number[];
}

const tiles = new LRUCache<string, Tile>({
  maxSize: CACHE_BYTES,
  sizeCalculation: ({ key, heights }) => key.length + heights.length * BYTES_PER_POINT,
});

/** Mountains have more points than plains. */
async function readTile(key: string, x: number, y: number): Promise<Tile> {
  await delay(1 + ((x + y) % 6));
  const points = 256 + ((x * 31 + y * 17) % 12) * 160;
  return { key, heights: Array.from({ length: points }, (_, i) => Math.sin(x + i) * 900 + y / 7) };
}

export const scenario: Scenario = {
  name: 'lru-by-bytes',
  about: 'An LRU cache of map tiles of many sizes is bounded by their bytes, not by their number.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 110,
    mix: [
      {
        route: 'GET /tiles/:x/:y',
        weight: 6,
        request: (random) => ({ path: `/tiles/${integer(random, 900)}/${integer(random, 900)}` }),
      },
      {
        route: 'GET /profile',
        weight: 2,
        request: (random) => ({
          path: `/profile?from=${integer(random, 400)}&to=${400 + integer(random, 400)}`,
        }),
      },
      { route: 'GET /layers', weight: 2, request: () => ({ path: '/layers' }) },
    ],
  },
  build(app) {
    const ridge = Array.from({ length: 400_000 }, (_, i) => Math.cos(i / 90) * 1_500);
    const layers = ['relief', 'water', 'roads', 'borders'].map((id) => ({ id, maximumZoom: 14 }));
    app.get<{ Params: { x: string; y: string } }>('/tiles/:x/:y', async ({ params }) => {
      const key = `${params.x}/${params.y}`;
      const tile = tiles.get(key) ?? (await readTile(key, Number(params.x), Number(params.y)));
      tiles.set(key, tile);
      return { key, heights: tile.heights.slice(0, 200) };
    });
    app.get<{ Querystring: { from: string; to: string } }>('/profile', async ({ query }) => ({
      heights: ridge.slice(Number(query.from), Number(query.to)),
    }));
    app.get('/layers', (_request, reply) => {
      reply.send(layers);
    });
  },
};
