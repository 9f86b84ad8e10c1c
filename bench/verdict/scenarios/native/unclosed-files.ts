import { mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Volume {
  readonly handle: FileHandle;
  readonly offsets: readonly { readonly article: string; readonly at: number }[];
}

const ARTICLES = 48;
const ARTICLE_BYTES = 200;

/** Volumes to be closed together "when the reader leaves", which no route ever reports. */
const opened: Volume[] = [];

async function openVolume(file: string): Promise<Volume> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
  const offsets: { article: string; at: number }[] = [];
  for (const [, at, article] of buffer.toString('utf8', 0, ARTICLES * 12).matchAll(/(\d+):(\w+)/g)) {
    offsets.push({ article: article!, at: Number(at) });
  }
  const volume = { handle, offsets };
  opened.push(volume);
  return volume;
}

export const scenario: Scenario = {
  name: 'unclosed-files',
  about:
    'Each reading opens the file of the volume again, and neither the handle nor its index is ever let go.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /volumes/:article'],
    site: { file: 'native/unclosed-files.ts', functions: ['openVolume'] },
  },
  load: {
    requestsPerSecond: 90,
    mix: [
      {
        route: 'GET /volumes/:article',
        weight: 2,
        request: (random) => ({ path: `/volumes/${integer(random, ARTICLES)}` }),
      },
      {
        route: 'GET /words/:n',
        weight: 6,
        request: (random) => ({ path: `/words/${integer(random, 40_000)}` }),
      },
      {
        route: 'GET /words',
        weight: 4,
        request: (random) => ({ path: `/words?from=${integer(random, 39_000)}` }),
      },
    ],
  },
  async build(app) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'volumes-'));
    const file = path.join(folder, 'volume-1.txt');
    const index = Array.from({ length: ARTICLES }, (_, i) =>
      `${4_096 + i * ARTICLE_BYTES}:art${i}`.padEnd(12),
    ).join('');
    const articles = Array.from({ length: ARTICLES }, (_, i) =>
      `Article ${i}. `.padEnd(ARTICLE_BYTES, `lore ${i} `),
    ).join('');
    await writeFile(file, index.padEnd(4_096) + articles);
    const words = stored(
      Array.from({ length: 40_000 }, (_, i) => ({
        word: `word${i}`,
        meaning: `what ${i} has meant to people`,
      })),
    );
    app.addHook('onClose', () => rm(folder, { recursive: true, force: true }));
    app.get<{ Params: { article: string } }>('/volumes/:article', async ({ params }) => {
      const { handle, offsets } = await openVolume(file);
      const { article, at } = offsets[Number(params.article)]!;
      const { buffer } = await handle.read(Buffer.alloc(ARTICLE_BYTES), 0, ARTICLE_BYTES, at);
      return { article, text: buffer.toString() };
    });
    app.get<{ Params: { n: string } }>('/words/:n', async ({ params }) => words[Number(params.n)]);
    app.get<{ Querystring: { from: string } }>('/words', async ({ query }) => {
      const from = Number(query.from);
      return words.slice(from, from + 60);
    });
  },
};
