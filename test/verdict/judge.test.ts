import t from 'tap';
import { judge } from '../../src/verdict/judge.js';
import { createFloorSeries, type FloorPoint } from '../../src/verdict/floors/floor-series.js';
import {
  exhaustion,
  isRising,
  type Judgement,
  type Rising,
  type VerdictName,
} from '../../src/verdict/verdict.js';
import { floors, MiB, startMs, type FloorShape } from './synthetic-floors.js';

const base = 30 * MiB;
const HORIZON_SECONDS = 600;
const SEEDS = [1, 2, 3];

const warming = (at: number): number => 40 * MiB * (1 - Math.exp(-at / 100));
const leaking = (_: number, requests: number): number => base + 4096 * requests;

function judged(points: readonly FloorPoint[], fillHorizonSeconds = HORIZON_SECONDS): Judgement {
  const nowMs = points.at(-1)?.atMs ?? startMs;
  return judge({ nowMs, points, fillHorizonSeconds });
}

function rising(judgement: Judgement): Rising {
  if (!isRising(judgement)) throw new Error(`it is ${judgement.verdict}`);
  return judgement;
}

/** The verdict after every fifth floor of a series. */
function story(shape: FloorShape): { seconds: number; verdict: VerdictName }[] {
  const points = floors(shape);
  return points.flatMap((point, i) => {
    if (i % 5 !== 4) return [];
    return [{ seconds: point.monotonicMs / 1000, verdict: judged(points.slice(0, i + 1)).verdict }];
  });
}

/** Share of the floors after `seconds` at which the verdict was one of `names`. */
function share(
  told: readonly { seconds: number; verdict: VerdictName }[],
  names: readonly VerdictName[],
  seconds = 0,
): number {
  const later = told.filter((one) => one.seconds >= seconds);
  return later.filter((one) => names.includes(one.verdict)).length / later.length;
}

t.test('with too few floors there is no verdict, and it says how many are missing', async (t) => {
  const points = floors({ points: 2, heap: () => base });
  t.match(judge({ nowMs: startMs, points: [], fillHorizonSeconds: 600, nextPointSeconds: 8 }), {
    verdict: 'insufficient-data',
    missing: [/^3 more major GCs/],
    readyInSeconds: 20,
  });
  t.match(judged(points), { verdict: 'insufficient-data', missing: [/^1 more major GC:/] });
  t.notOk('readyInSeconds' in judged(points), 'nobody knows when, without probes');
});

t.test('a flat floor under noise is stable', async (t) => {
  for (const seed of SEEDS) {
    const told = story({ points: 100, heap: () => base, noiseBytes: 0.5 * MiB, seed });
    t.ok(share(told, ['stable'], 20) > 0.95, `seed ${seed}`);
    t.equal(share(told, ['leaking', 'native-growth']), 0, `seed ${seed}`);
    t.equal(share(told, ['stable'], 300), 1, `seed ${seed}: with enough floors always`);
  }
  const calm = judged(floors({ points: 20, heap: () => base, noiseBytes: 0 }));
  t.match(calm, { verdict: 'stable', confidence: 0.9, growth: { bytesPerSecond: { value: 0 } } });
  t.same(
    calm.ruledOut.map(({ verdict }) => verdict),
    [
      'insufficient-data',
      'load-following',
      'leaking',
      'native-growth',
      'growing',
      'filling',
      'churning',
      'fragmented',
    ],
    'every other class says why not',
  );
});

t.test('a leak is growing at once, and leaking once it outlasted the horizon', async (t) => {
  for (const seed of SEEDS) {
    const told = story({ points: 90, heap: (_, requests) => base + 4096 * requests, seed });
    t.equal(share(told.slice(0, 12), ['growing']), 1, `seed ${seed}`);
    t.equal(share(told, ['leaking'], HORIZON_SECONDS + 10), 1, `seed ${seed}`);
  }
  const points = floors({ points: 30, heap: (_, requests) => base + 4096 * requests });
  const { verdict, growth, decidedAtMs, window, signal } = rising(judged(points));
  t.equal(verdict, 'growing');
  t.equal(signal, 'heap-floor');
  t.equal(decidedAtMs, startMs + HORIZON_SECONDS * 1000);
  t.match(window, { fromMs: startMs, majorGcs: 30, requests: 50 * 290 });
  for (const [estimate, truth] of [
    [growth.bytesPerSecond, 4096 * 50],
    [growth.bytesPerRequest!, 4096],
  ] as const) {
    t.ok(Math.abs(estimate.value / truth - 1) < 0.05, `${estimate.value} of ${truth}`);
    t.ok(estimate.low <= truth && truth <= estimate.high);
  }
  const leak = judged(floors({ points: 62, heap: (_, requests) => base + 4096 * requests }));
  t.match(leak, { verdict: 'leaking', confidence: 0.99 });
  t.notOk('decidedAtMs' in leak);
});

t.test('a leak stays leaking while it lasts, however few floors of its beginning remain', async (t) => {
  const series = createFloorSeries();
  const verdicts = new Map<string, number>();
  for (const [i, point] of floors({ points: 1500, heap: leaking }).entries()) {
    series.add(point);
    if (i < 80 || i % 20 !== 0) continue;
    const { verdict } = judged(series.points);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  t.same([...verdicts.keys()], ['leaking']);
  const rare = floors({ points: 12, everySeconds: 900, heap: (at) => base + 10_000 * at });
  t.equal(judged(rare).verdict, 'leaking', 'also when a horizon is shorter than the time between two floors');
});

t.test('a short horizon decides early', async (t) => {
  const points = floors({ points: 6, everySeconds: 8, heap: (_, requests) => base + 4096 * requests });
  t.equal(judged(points, 30).verdict, 'leaking');
  t.equal(judged(points, 60).verdict, 'growing');
});

t.test('a fill that ends before the horizon is never leaking, and stable afterwards', async (t) => {
  for (const seconds of [120, 300, 500]) {
    const told = story({ points: 130, heap: (at) => base + 40 * MiB * Math.min(at / seconds, 1) });
    t.equal(share(told, ['leaking', 'native-growth']), 0, `${seconds} s`);
    t.equal(share(told, ['stable', 'filling'], 2 * seconds), 1, `${seconds} s`);
  }
});

t.test('a fill that slows down is never leaking, however long it lasts', async (t) => {
  for (const seed of SEEDS) {
    const told = story({ points: 130, heap: (at) => base + 40 * MiB * (1 - Math.exp(-at / 400)), seed });
    t.equal(share(told, ['leaking']), 0, `seed ${seed}`);
    t.ok(share(told, ['growing', 'filling'], 20) > 0.3, `seed ${seed}: it was seen`);
  }
  const points = floors({
    points: 10,
    noiseBytes: 0,
    heap: (at) => base + 60 * MiB * (1 - Math.exp(-at / 30)),
  });
  t.match(judged(points), { verdict: 'filling', signal: 'heap-floor', window: { fromMs: startMs } });
});

t.test('a warm-up in front of a leak is cut off', async (t) => {
  const points = floors({ points: 120, heap: (at, requests) => base + warming(at) + 500 * requests });
  const { verdict, growth, window } = rising(judged(points));
  t.equal(verdict, 'leaking');
  t.ok(window.fromMs > startMs);
  t.ok(Math.abs(growth.bytesPerRequest!.value / 500 - 1) < 0.1, `${growth.bytesPerRequest!.value}`);
});

t.test('a sawtooth is stable once it has fallen', async (t) => {
  for (const [period, seed] of [
    [70, 1],
    [70, 2],
    [300, 1],
    [300, 2],
  ] as const) {
    const heap = (at: number) => base + 10 * MiB * ((at % period) / period);
    const told = story({ points: 200, heap, noiseBytes: 0.3 * MiB, seed });
    t.equal(share(told, ['leaking']), 0);
    t.ok(share(told, ['stable'], 1.1 * period) > 0.9, `period ${period}, seed ${seed}`);
  }
});

t.test('a leak under noise or under a sawtooth is found in the end', async (t) => {
  for (const seed of SEEDS) {
    const slow = story({ points: 110, heap: (_, n) => base + 100 * n, noiseBytes: 0.5 * MiB, seed });
    t.ok(share(slow, ['leaking'], 900) > 0.8, `noise, seed ${seed}`);
    const heap = (at: number, n: number) => base + 300 * n + 10 * MiB * ((at % 100) / 100);
    const toothed = story({ points: 150, heap, noiseBytes: 0.3 * MiB, seed });
    t.ok(share(toothed, ['leaking'], 1100) > 0.8, `sawtooth, seed ${seed}`);
  }
});

t.test('a leak per request stays a leak when the traffic pauses', async (t) => {
  const stopped = floors({ points: 200, heap: leaking, traffic: (at) => (at < 800 ? 50 : 0) });
  const verdict = rising(judged(stopped));
  t.equal(verdict.verdict, 'leaking');
  t.equal(verdict.window.toMs, startMs + 790_000, 'and its window ends with the traffic');
  t.ok(Math.abs(verdict.growth.bytesPerRequest!.value / 4096 - 1) < 0.05);

  const pulsed = story({ points: 200, heap: leaking, traffic: (at) => (at % 400 < 200 ? 50 : 0) });
  t.equal(share(pulsed, ['leaking'], 1000), 1, 'whatever pauses it makes');

  const early = story({ points: 150, heap: leaking, traffic: (at) => (at < 300 ? 50 : 0) });
  t.equal(
    share(early, ['leaking']),
    0,
    'a rise that ended with the traffic before the horizon never decides',
  );

  const given = stopped.map((point) =>
    point.atMs < startMs + 1_000_000 ? point : { ...point, heapBytes: base },
  );
  t.notOk(isRising(judged(given)) && judged(given).verdict === 'leaking', 'unless the memory is given back');
});

t.test('a leak without any traffic is found over time', async (t) => {
  const points = floors({ points: 90, heap: (at) => base + 50_000 * at, traffic: () => 0 });
  const { verdict, growth } = rising(judged(points));
  t.equal(verdict, 'leaking');
  t.notOk('bytesPerRequest' in growth);
});

t.test('external memory that grows is native growth', async (t) => {
  const shape = { heap: () => base, external: (_: number, n: number) => 5 * MiB + 5000 * n };
  t.match(judged(floors({ points: 30, ...shape })), { verdict: 'growing', signal: 'external-floor' });
  t.match(judged(floors({ points: 70, ...shape })), { verdict: 'native-growth', signal: 'external-floor' });
  const heap = (bytes: number) => floors({ points: 70, ...shape, heap: (_, n) => base + bytes * n });
  t.match(judged(heap(3000)), { verdict: 'native-growth', signal: 'external-floor' });
  t.match(judged(heap(8000)), { verdict: 'leaking', signal: 'heap-floor' }, 'the faster of both goes first');
});

t.test('a rise too small to matter is stable', async (t) => {
  const points = floors({ points: 60, heap: (at) => base + 100 * at, noiseBytes: 0 });
  t.equal(judged(points).verdict, 'stable');
});

t.test('exhaustion is when growth meets the limit', async (t) => {
  const limit = { bytes: 1000, source: 'cgroup' } as const;
  t.same(exhaustion(400, { value: 6, low: 3, high: 12 }, limit, 5_000), {
    atMs: 105_000,
    inSeconds: { value: 100, low: 50, high: 200 },
  });
  t.match(exhaustion(2000, { value: 6, low: 3, high: 12 }, limit, 5_000), { atMs: 5_000 }, 'beyond it: now');
  t.equal(
    exhaustion(400, { value: 6, low: 0, high: 12 }, limit, 0),
    undefined,
    'growth that may be nil has no end',
  );
  t.equal(exhaustion(400, { value: 6, low: NaN, high: 12 }, limit, 0), undefined);
});
