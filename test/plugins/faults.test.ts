import { Session } from 'node:inspector';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import type { TidemarkOptions } from '../../plugins/tidemark.js';
import type { VerdictAnswer } from '../../src/answers/verdict/schema.js';
import { readContract } from '../helpers/contract.js';
import { call } from '../helpers/http.js';
import { majorGc } from '../helpers/major-gc.js';
import { plugged } from '../helpers/plugged-app.js';

const MiB = 1024 * 1024;
const FLOORS = 90;
const FLOOR_MS = 8_000;
const LEAK_BYTES = 8192;

const contract = readContract();

/** Ticks are far apart, so that the only floors are those that the test tells of. */
const still: TidemarkOptions = { history: { intervalSeconds: 60 } };

/** Twelve minutes of floors that end now; each request of the route `leaky` leaves a little. */
function tell(
  app: FastifyInstance,
  leaky: string | undefined,
  requestsOf: (route: string, floor: number) => number,
): void {
  const { recorder, detector } = app.tidemarkParts.core;
  const nowMs = performance.now();
  const labels = Array.from({ length: recorder!.routes.size }, (_, row) => recorder!.routes.label(row));
  const counts = new Float64Array(labels.length);
  for (let floor = 0; floor < FLOORS; floor += 1) {
    for (const [row, label] of labels.entries()) counts[row]! += requestsOf(label, floor);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const leaked = leaky === undefined ? 0 : LEAK_BYTES * counts[labels.indexOf(leaky)]!;
    const event = majorGc(nowMs - (FLOORS - floor) * FLOOR_MS, 30 * MiB + leaked);
    detector!.observe([], total, counts);
    detector!.observe([event], total, counts);
  }
}

/** Traffic whose mix wanders, by route and floor. */
const wandering = (label: string, floor: number): number =>
  label.startsWith('*') || label.startsWith('_')
    ? 0
    : 40 + ((label.length * 13 + label.charCodeAt(5) * floor * floor) % 97);

async function verdict(t: Test, base: string): Promise<{ answer: VerdictAnswer; text: string }> {
  const json = await call(`${base}/memory/leak-detection`);
  t.equal(json.status, 200);
  t.same(contract.faults('GET /memory/leak-detection', json), []);
  const { text } = await call(`${base}/memory/leak-detection?format=text`);
  t.notMatch(text, /undefined|NaN|Infinity/);
  return { answer: json.json as VerdictAnswer, text };
}

const numberIn = (label: string): number => (label.startsWith('GET /r') ? Number(label.slice(6)) : 0);

const lacking = ({ limitations = [] }: VerdictAnswer, part: string): string =>
  limitations.flatMap((one) => (one.part === part ? one.because : [])).join('; ');

function threeRoutes(app: FastifyInstance): void {
  for (const url of ['/carts', '/early', '/orders']) app.get(url, async () => ({}));
}

t.test(
  'a profiler that another inspector session holds: a verdict and a route, no line, and why',
  async (t) => {
    const other = new Session();
    other.connect();
    t.teardown(() => other.disconnect());
    await new Promise((resolve) => {
      other.post('HeapProfiler.startSampling', { samplingInterval: 32_768 }, resolve);
    });
    const { app, base } = await plugged(t, threeRoutes, { tidemark: still });
    const fresh = await verdict(t, base);
    t.equal(fresh.answer.verdict, 'insufficient-data');
    t.match(lacking(fresh.answer, 'profile'), /another inspector session.*no line can be named/);

    tell(app, 'GET /orders', wandering);
    const { answer, text } = await verdict(t, base);
    t.equal(answer.verdict, 'leaking');
    t.same(answer.suspects?.sites, []);
    t.match(answer.suspects?.routes, [{ route: 'GET /orders', evidence: 'regression' }]);
    t.match(lacking(answer, 'profile'), /another inspector session.*no line can be named/);
    t.match(text, /^limitation +The sampling heap profiler is not available: another inspector session/m);
    t.notMatch(text, /^line/m);
    t.ok(answer.next.length > 0);
    t.notMatch(
      answer.next.map(({ curl }) => curl).join('\n'),
      /profile|pprof/,
      'no command that would be refused',
    );
    t.equal((await call(`${base}/memory/profile`)).status, 503);
  },
);

t.test('with a profile that was not read yet no line is named, and that is said', async (t) => {
  const { app, base } = await plugged(t, threeRoutes, { tidemark: still });
  tell(app, 'GET /orders', wandering);
  const { answer } = await verdict(t, base);
  t.same(answer.suspects?.sites, []);
  t.match(lacking(answer, 'profile'), /^no retention window was opened/);
});

t.test('no traffic at all is said, before the first floors and beside a stable verdict', async (t) => {
  const { app, base } = await plugged(t, threeRoutes, { tidemark: still });
  const fresh = await verdict(t, base);
  t.match(
    lacking(fresh.answer, 'requests'),
    /^no request has been answered/,
    'asking for the verdict is no traffic',
  );
  tell(app, undefined, () => 0);
  const { answer, text } = await verdict(t, base);
  t.match(answer, { verdict: 'stable', window: { requests: 0 } });
  t.match(lacking(answer, 'requests'), /^no request was answered in the window/);
  t.match(text, /^limitation +no request was answered in the window/m);
});

t.test('a route whose traffic comes late is named with its own requests only', async (t) => {
  const { app, base } = await plugged(t, threeRoutes, { tidemark: still });
  tell(app, 'GET /orders', (label, floor) =>
    label === 'GET /orders' && floor < 20 ? 0 : wandering(label, floor),
  );
  const { answer } = await verdict(t, base);
  const [first] = answer.suspects?.routes ?? [];
  t.match(first, { route: 'GET /orders', collinearWith: [] });
  const { value, low, high } = first!.bytesPerRequest;
  t.ok(low <= LEAK_BYTES && LEAK_BYTES <= high, `${value} (${low} to ${high})`);
  // A HEAD route gets its row when it is asked: the table is now longer than the counts of the floors.
  await call(`${base}/carts`, { method: 'HEAD' });
  t.match((await verdict(t, base)).answer.suspects?.routes[0], { route: 'GET /orders' });
});

t.test(
  'hundreds of routes, more than the table holds: the answer is bounded and says who shares an entry',
  async (t) => {
    const { app, base } = await plugged(
      t,
      (app) => {
        for (let i = 0; i < 500; i += 1) app.get(`/r${String(i).padStart(3, '0')}`, async () => ({}));
      },
      { tidemark: { ...still, requests: { maxRoutes: 400 } } },
    );
    tell(app, 'GET /r123', (label, floor) =>
      label.startsWith('GET') ? (numberIn(label) * 7919 + floor * floor * (numberIn(label) + 3)) % 41 : 0,
    );
    const { answer } = await verdict(t, base);
    const routes = answer.suspects?.routes ?? [];
    t.ok(routes.length <= 10);
    const [first] = routes;
    t.ok([first?.route, ...(first?.collinearWith ?? [])].includes('GET /r123'), JSON.stringify(first));
    t.match(lacking(answer, 'routes'), /^\d+ routes came after requests.maxRoutes/);
  },
);

t.test('what is off, or cannot be paid, is said where it would have helped', async (t) => {
  const off = await plugged(t, threeRoutes, {
    tidemark: { ...still, profile: { enabled: false }, verdict: { gcProbe: 'off' } },
  });
  t.match(lacking((await verdict(t, off.base)).answer, 'probes'), /^verdict.gcProbe is off/);
  tell(off.app, undefined, wandering);
  t.notOk('limitations' in (await verdict(t, off.base)).answer, 'a server that does not leak needs no line');
  await off.app.close();

  const leaking = await plugged(t, threeRoutes, { tidemark: { ...still, profile: { enabled: false } } });
  tell(leaking.app, 'GET /orders', wandering);
  t.match(lacking((await verdict(t, leaking.base)).answer, 'profile'), /^profile.enabled is false/);

  const broke = await plugged(t, threeRoutes, {
    tidemark: { ...still, cost: { pauseBudgetMsPerHour: 0 } },
  });
  t.match(lacking((await verdict(t, broke.base)).answer, 'probes'), /^the pause budget has no room/);
});
