import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const PHOTOS = 20_000;

/** Aborted when the process ends. */
const stopping = new AbortController();
setMaxListeners(0, stopping.signal);

class Conversion {
  readonly tiles: { readonly x: number; readonly y: number; readonly checksum: string }[] = [];
  cancelled = false;

  constructor(
    readonly photo: number,
    readonly size: string,
  ) {
    for (let n = 0; n < 16; n += 1) {
      this.tiles.push({
        x: n % 4,
        y: n >> 2,
        checksum: `${photo}-${size}-${(photo * 2_654_435_761 + n) % 1e9}`,
      });
    }
  }
}

/** Converts unless the process ends first. The listener stays on the signal when the conversion is done. */
async function convert(photo: number, size: string): Promise<Conversion> {
  const conversion = new Conversion(photo, size);
  stopping.signal.addEventListener('abort', () => {
    conversion.cancelled = true;
  });
  await delay(3);
  return conversion;
}

export const scenario: Scenario = {
  name: 'abort-signal-listeners',
  about: 'Each conversion of a photo adds a listener to the signal of the shutdown and never removes it.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /photos/:id/conversions'],
    site: {
      file: 'references/abort-signal-listeners.ts',
      functions: ['Conversion', 'convert', 'requestConversion'],
    },
  },
  load: {
    requestsPerSecond: 110,
    mix: [
      {
        route: 'POST /photos/:id/conversions',
        weight: 3,
        request: (random) => ({
          method: 'POST',
          path: `/photos/${integer(random, PHOTOS)}/conversions`,
          body: { size: `${100 + integer(random, 900)}x${100 + integer(random, 900)}` },
        }),
      },
      {
        route: 'GET /photos/:id',
        weight: 5,
        request: (random) => ({ path: `/photos/${integer(random, PHOTOS)}` }),
      },
      {
        route: 'GET /albums/:name',
        weight: 2,
        request: (random) => ({ path: `/albums/${integer(random, 200)}` }),
      },
    ],
  },
  build(app) {
    const photos = Array.from({ length: PHOTOS }, (_, id) => ({
      id,
      album: id % 200,
      title: `Photo ${id}`,
      camera: { model: `Camera ${id % 30}`, exposure: `1/${60 + (id % 900)}`, iso: 100 * (1 + (id % 16)) },
      tags: [`tag-${id % 11}`, `tag-${id % 13}`, `place ${id}`],
    }));
    app.addHook('onClose', async () => stopping.abort());
    app.post<{ Params: { id: string }; Body: { size: string } }>(
      '/photos/:id/conversions',
      async function requestConversion({ params, body }) {
        const { photo, size, tiles } = await convert(Number(params.id), body.size);
        return { photo, size, tiles };
      },
    );
    app.get<{ Params: { id: string } }>('/photos/:id', async ({ params }) => photos[Number(params.id)]);
    app.get<{ Params: { name: string } }>('/albums/:name', ({ params }, reply) => {
      const album = Number(params.name);
      void reply.send(photos.slice(album * 100, album * 100 + 24));
    });
  },
};
