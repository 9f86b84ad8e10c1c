import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

interface Point {
  readonly series: string;
  readonly atMs: number;
  readonly value: number;
}

const FLUSH_MS = 3;

const stored = new Map<string, Float64Array>();
/** Points received and not yet on disk, by upload. */
const buffers = new Map<number, Point[]>();
let uploads = 0;

function parsePoints(text: string): Point[] {
  const points: Point[] = [];
  for (const line of text.split('\n')) {
    const [series, atMs, value] = line.split(' ');
    points.push({ series: `${series}@primary`, atMs: Number(atMs), value: Number(value) });
  }
  return points;
}

/** A point that cannot be stored ends the upload before its buffer is flushed, and nothing else empties it. */
async function write(text: string): Promise<number> {
  uploads += 1;
  const upload = uploads;
  const points = parsePoints(text);
  buffers.set(upload, points);
  const bad = points.find(({ value }) => Number.isNaN(value));
  if (bad !== undefined) throw new TypeError(`not a number at ${bad.atMs}`);
  await delay(FLUSH_MS);
  for (const { series, atMs, value } of points) {
    const values = stored.get(series);
    if (values !== undefined) values[atMs % values.length] = value;
  }
  buffers.delete(upload);
  return points.length;
}

export const scenario: Scenario = {
  name: 'upload-error-path',
  about: 'An upload with one bad point fails before its buffer is flushed, and the buffer stays.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /write'],
    site: { file: 'incidents/upload-error-path.ts', functions: ['parsePoints', 'write'] },
  },
  load: {
    requestsPerSecond: 130,
    mix: [
      {
        route: 'POST /write',
        weight: 5,
        request: (random) => {
          const lines = Array.from(
            { length: 40 },
            () =>
              `cpu${integer(random, 300)} ${1_700_000_000 + integer(random, 90_000)} ${random().toFixed(5)}`,
          );
          if (random() < 0.2) lines.push('cpu7 1700000000 n/a');
          return {
            method: 'POST',
            path: '/write',
            headers: { 'content-type': 'text/plain' },
            body: lines.join('\n'),
          };
        },
      },
      {
        route: 'GET /query',
        weight: 4,
        request: (random) => ({
          path: `/query?series=cpu${integer(random, 300)}&from=${integer(random, 5_000)}`,
        }),
      },
      { route: 'GET /status', weight: 1, request: () => ({ path: '/status' }) },
    ],
  },
  build(app) {
    for (let i = 0; i < 300; i += 1) stored.set(`cpu${i}@primary`, new Float64Array(6_000));
    app.post<{ Body: string }>('/write', async ({ body }, reply) => {
      try {
        return { written: await write(body) };
      } catch (error) {
        return reply.code(400).send({ message: (error as Error).message });
      }
    });
    app.get<{ Querystring: { series: string; from: string } }>('/query', async ({ query }) => {
      const from = Number(query.from);
      return Array.from(stored.get(`${query.series}@primary`)?.subarray(from, from + 250) ?? []);
    });
    app.get('/status', async () => ({ status: 'ok', uploads, waiting: buffers.size }));
  },
};
