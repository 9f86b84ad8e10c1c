import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { createDeepSampler, readDeep } from '../../src/requests/deep-samples.js';
import { setMemoryHeaders } from '../../src/requests/memory-headers.js';
import { createRecorder } from '../../src/requests/recorder.js';
import { createRecording, EXCLUDED_ROW } from '../../src/requests/recording.js';
import { UNMATCHED_ROW } from '../../src/requests/route-table.js';
import { createRandom } from '../../src/statistics/random.js';
import { recordedIn, until } from '../helpers/plugged-app.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

function recordingOf(exclude: readonly string[] = []) {
  const clock = scriptedClock();
  const heap = { usedBytes: 1_000_000 };
  const recorder = createRecorder({
    clock,
    maxRoutes: 10,
    durationBucketsSeconds: [1],
    heapUsedBytes: () => heap.usedBytes,
  });
  const deep = createDeepSampler({ probability: 1, read: readDeep, clock, random: Math.random });
  return { recorder, deep, clock, heap, recording: createRecording({ recorder, deep, exclude }) };
}

/** A plain server whose routes are only known when it answers. */
async function serve(
  t: Test,
  { recording }: ReturnType<typeof recordingOf>,
  answer: (to: ServerResponse) => void,
) {
  const server = createServer(({ method = '', url = '' }, response) => {
    recording.begin(response, UNMATCHED_ROW);
    if (url !== '/nowhere') recording.assign(response, recording.rowOf(method, url));
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return async (path: string) => {
    const { headers, body } = await request(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    );
    await body.dump();
    return headers;
  };
}

t.test('a pattern excludes all its methods, or the one it names with its HEAD', async (t) => {
  const { recorder, recording } = recordingOf(['/assets/*', 'GET /ping']);
  const excluded = [
    ['GET', '/assets/*'],
    ['POST', '/assets/*'],
    ['GET', '/ping'],
    ['HEAD', '/ping'],
  ] as const;
  for (const [method, pattern] of excluded) {
    t.equal(recording.rowOf(method, pattern), EXCLUDED_ROW, `${method} ${pattern}`);
  }
  t.equal(recorder.routes.size, 2, 'they take no row');
  t.equal(recorder.routes.label(recording.rowOf('POST', '/ping')), 'POST /ping');
});

t.test('a route of several methods has one row', async (t) => {
  const { recorder, recording } = recordingOf();
  const seven = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
  t.equal(recorder.routes.label(recording.rowOf(['GET', 'PUT'], '/two')), 'GET|PUT /two');
  t.equal(recorder.routes.label(recording.rowOf(seven, '/all')), 'ALL /all');
});

t.test('a server that knows the route only at the end records it all the same', async (t) => {
  const parts = recordingOf(['/quiet']);
  const { recorder, deep } = parts;
  const call = await serve(t, parts, (response) => response.end('x'));
  for (const path of ['/orders', '/orders', '/quiet', '/nowhere']) await call(path);
  await until('all is closed', () => recorder.inFlight === 0 && recorder.completed === 3);
  t.same(recordedIn(recorder), { 'GET /orders': { '2xx': 2 }, __unmatched__: { '2xx': 1 } });
  t.equal(recorder.columns.inFlight[UNMATCHED_ROW], 0);
  t.same(
    deep.samples().map(({ row }) => recorder.routes.label(row)),
    ['__unmatched__', 'GET /orders', 'GET /orders'],
  );
});

t.test('what is not recorded cannot be assigned, and a response is read once', async (t) => {
  const parts = recordingOf();
  const { recorder, recording } = parts;
  const call = await serve(t, parts, (response) => {
    t.ok(recording.read(response));
    t.equal(recording.read(response), undefined);
    response.end('x');
    response.once('close', () => {
      t.equal(recording.isShown(response), false);
      recording.assign(response, recording.rowOf('GET', '/late'));
    });
  });
  await call('/orders');
  await until('all is closed', () => recorder.inFlight === 0);
  t.same(recordedIn(recorder), { 'GET /orders': { '2xx': 1 } });
});

const setIn = (headers: Record<string, string>, name: string, value: string): void => {
  headers[name] = value;
};

t.test(
  'the headers say what the request did to the heap, beside the timing of the application',
  async (t) => {
    const { recorder, clock, heap } = recordingOf();
    const headersAfter = (bytes: number, timing?: string) => {
      const record = recorder.begin(UNMATCHED_ROW);
      clock.advance(12.345);
      heap.usedBytes += bytes;
      const headers: Record<string, string> = {};
      setMemoryHeaders(headers, recorder.read(record)!, timing, setIn);
      recorder.end(record, 200);
      return headers;
    };
    t.same(headersAfter(2560), {
      'x-memory-delta-bytes': '2560',
      'x-memory-delta-quality': 'clean',
      'x-memory-heap-used-bytes': '1002560',
      'server-timing': 'app;dur=12.35, heap;desc="+2.5 KiB"',
    });
    t.match(headersAfter(-1024, 'db;dur=5'), {
      'x-memory-delta-quality': 'gc',
      'server-timing': 'db;dur=5, app;dur=12.35, heap;desc="-1.0 KiB"',
    });
  },
);

t.test('the texts are rounded as toFixed rounds', async (t) => {
  const random = createRandom(3);
  for (let i = 0; i < 20_000; i += 1) {
    const deltaBytes = Math.floor(random() * 40_000) - 5_000;
    const durationMs = Math.floor(random() * 50) / 100;
    const headers: Record<string, string> = {};
    const delta = { deltaBytes, durationMs, heapUsedBytes: i, quality: 'clean' as const };
    setMemoryHeaders(headers, delta, undefined, setIn);
    const kib = `${deltaBytes <= -52 ? '-' : '+'}${(Math.round((Math.abs(deltaBytes) / 1024) * 10) / 10).toFixed(1)}`;
    if (
      headers['x-memory-delta-bytes'] !== `${deltaBytes}` ||
      headers['server-timing'] !== `app;dur=${durationMs.toFixed(2)}, heap;desc="${kib} KiB"`
    ) {
      t.fail(`${deltaBytes} bytes in ${durationMs} ms`, headers);
      return;
    }
  }
  t.pass('all of them');
});
