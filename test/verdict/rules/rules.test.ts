import t from 'tap';
import { createRandom } from '../../../src/statistics/random.js';
import type { Judgement, VerdictName } from '../../../src/verdict/verdict.js';
import { alleged, base, handled, HORIZON_SECONDS, judged, sine, told, verdictOf } from './classes.js';
import { floors, MiB, startMs, type FloorShape } from '../synthetic-floors.js';

const SEEDS = [1, 2, 3];

const because = (judgement: Judgement): string =>
  'because' in judgement ? String(judgement.because) : judgement.verdict;

const stairs = (at: number): number => [10, 40, 70, 25][Math.floor(at / 120) % 4]!;

t.test('memory that moves with the load is load-following', async (t) => {
  for (const [name, load] of [
    ['sine', sine],
    ['steps', stairs],
  ] as const) {
    for (const seed of SEEDS) {
      const judgement = judged(floors({ points: 90, ...handled(load), noiseBytes: 0.5 * MiB, seed }));
      t.equal(judgement.verdict, 'load-following', `${name}, seed ${seed}`);
      t.match(
        because(judgement),
        /^requests in flight \(10 to 70\) explain (9\d|100) % of the change in memory$/,
      );
      t.equal(alleged(told({ points: 90, ...handled(load), noiseBytes: 0.5 * MiB, seed })), 0);
    }
  }
});

/** Waves of new connections, with a rest after each. */
const openAt = (at: number): number => 20 + 60 * (Math.floor(at / 200) + Math.min(1, (at % 200) / 40));

t.test('a rise that is only due to the load is not growing', async (t) => {
  const shape: FloorShape = {
    points: 90,
    heap: (at) => base + 0.1 * MiB * openAt(at),
    traffic: () => 20,
    around: (at) => ({ connections: openAt(at), requestsPerSecond: 20 }),
  };
  for (const seed of SEEDS) {
    const judgement = judged(floors({ ...shape, seed }));
    t.equal(judgement.verdict, 'load-following', `seed ${seed}`);
    t.match(because(judgement), /^open connections \(20 to \d+\)/);
  }
  const { around: _, ...blind } = shape;
  t.equal(alleged([verdictOf(blind)]), 1, 'where nobody counts them it must be taken for a leak');
});

const fast = (at: number): number => sine(3 * at);

t.test('a leak beside a wave of traffic is not excused by it', async (t) => {
  for (const seed of SEEDS) {
    const beside = (wave: (at: number) => number): FloorShape => ({
      points: 90,
      ...handled(wave, 0.1 * MiB, 2048),
      noiseBytes: 0.3 * MiB,
      seed,
    });
    t.equal(verdictOf(beside(fast)), 'leaking', `seed ${seed}`);
    const slow = told(beside(sine), 300);
    t.notOk(slow.includes('load-following'), `seed ${seed}: ${slow.join(' ')}`);
    const rising = slow.filter((verdict) => verdict === 'growing' || verdict === 'leaking');
    t.ok(rising.length > slow.length / 2, `seed ${seed}: it is seen, if not at every floor`);
  }
});

t.test('a leak per request under a slow wave of traffic is leaking', async (t) => {
  for (const period of [200, 300, 600]) {
    const shape: FloorShape = {
      points: 95,
      heap: (_, requests) => base + 2048 * requests,
      traffic: (at) => 90 + 60 * Math.sin((2 * Math.PI * at) / period),
    };
    t.equal(verdictOf(shape), 'leaking', `${period} s`);
  }
  t.equal(verdictOf({ points: 95, ...handled(sine, 0.5 * MiB, 2048), noiseBytes: 0.3 * MiB }), 'leaking');
});

t.test('a fill that ends just before the horizon is never leaking', async (t) => {
  for (let seed = 1; seed <= 24; seed += 1) {
    const random = createRandom(seed);
    const endSeconds = HORIZON_SECONDS * (0.85 + 0.12 * random());
    const noiseBytes = (0.1 + 1.4 * random()) * MiB;
    const heap = (at: number): number => base + 40 * MiB * Math.min(1, at / endSeconds);
    const verdicts = told({ points: 80, heap, noiseBytes, seed }, endSeconds, 1);
    t.equal(alleged(verdicts), 0, `seed ${seed}: ${endSeconds.toFixed(0)} s, ${verdicts.join(' ')}`);
  }
});

const ramp = (at: number): number => 20 + 0.5 * at;

t.test('a flat floor with peaks is never leaking', async (t) => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = createRandom(seed);
    const heap = (at: number): number =>
      base + 0.0005 * MiB * at + (random() < 0.3 ? 30 * MiB * random() : 0);
    const verdicts = told({ points: 80, heap, noiseBytes: 0.1 * MiB, seed }, 0, 1);
    t.equal(alleged(verdicts), 0, `seed ${seed}: ${verdicts.join(' ')}`);
  }
});

t.test('a ramp of connections that outlasts the horizon is never leaking', async (t) => {
  for (const seed of SEEDS) {
    const shape: FloorShape = {
      points: 95,
      heap: (at) => base + 0.1 * MiB * ramp(at),
      traffic: () => 20,
      around: (at) => ({ connections: Math.round(ramp(at)) }),
      noiseBytes: 0.3 * MiB,
      seed,
    };
    t.equal(alleged(told(shape)), 0, `seed ${seed}`);
    t.match(
      judged(floors(shape)).ruledOut.find(({ verdict }) => verdict === 'leaking')?.because ?? '',
      /^(open connections rose at the same time|the heap after GC does not rise steadily)/,
    );
    const comeAndGo: FloorShape = {
      ...shape,
      heap: (at, n) => base + 0.02 * MiB * sine(at) + 2048 * n,
      around: (at) => ({ connections: Math.round(sine(at)) }),
    };
    t.equal(verdictOf(comeAndGo), 'leaking', 'connections that come and go excuse nothing');
  }
});

t.test('a load that explains nothing changes nothing', async (t) => {
  const random = createRandom(9);
  const loads = Array.from({ length: 90 }, () => 10 + 60 * random());
  const around = (at: number) => ({ inFlight: loads[at / 10]! });
  t.equal(verdictOf({ points: 90, heap: () => base, around }), 'stable');
  t.equal(verdictOf({ points: 90, heap: (_, n) => base + 2048 * n, around }), 'leaking');
});

const storm = (gcShare: number): FloorShape => ({
  points: 30,
  heap: () => base,
  around: (at) => ({ gcSeconds: gcShare * at, allocatedBytes: 300 * MiB * at }),
});

t.test('much garbage, a flat floor and much GC time are churning', async (t) => {
  const judgement = judged(floors(storm(0.2)));
  t.match(judgement, { verdict: 'churning', confidence: 0.75 });
  t.equal(because(judgement), 'the server allocates 300 MiB/s, and GC takes 20 % of the time');
  t.equal(verdictOf(storm(0.09)), 'stable');
  const past = { ...storm(0.2), around: (at: number) => ({ gcSeconds: 0.4 * Math.min(at, 100) }) };
  t.equal(verdictOf({ ...past, points: 60 }), 'stable', 'a storm that is over');
  t.equal(
    verdictOf({ ...storm(0.2), points: 90, heap: (_, n) => base + 2048 * n }),
    'leaking',
    'no excuse either',
  );
  const { around: _, ...untimed } = storm(0.2);
  t.equal(verdictOf(untimed), 'stable');
});

const empty = (mebibytes: number): FloorShape => ({
  points: 80,
  heap: () => base,
  emptyBytes: () => mebibytes * MiB,
});

const besideHeap = (mebibytes: number): FloorShape => ({
  points: 80,
  heap: () => base,
  around: () => ({ nativeBytes: mebibytes * MiB }),
});

t.test('much memory held and little in use is fragmented', async (t) => {
  const judgement = judged(floors(empty(200)));
  t.equal(judgement.verdict, 'fragmented');
  t.equal(because(judgement), '200 MiB are held but unused; 65 MiB are in use');
  t.equal(verdictOf({ ...empty(200), points: 50 }), 'stable', 'a young process may be about to use it');
  t.equal(verdictOf(empty(60)), 'stable');
  t.equal(verdictOf({ ...empty(90), heap: () => 120 * MiB }), 'stable', 'less than what lives');
  t.equal(verdictOf(besideHeap(250)), 'fragmented', 'beside the heap as within it');
  t.equal(verdictOf(besideHeap(110)), 'stable', 'the runtime itself is not counted');
  t.equal(verdictOf({ ...empty(300), heap: (_, n) => base + 2048 * n, points: 90 }), 'leaking');
});

/** RSS comes in pages and the allocator asks for many at once: 2 MiB every 40 s. */
const staircase = (at: number): number => 40 * MiB + 2 * MiB * Math.floor(at / 40);

t.test('growth outside heap and Buffers is native growth', async (t) => {
  const random = createRandom(3);
  const wobble = Array.from({ length: 100 }, () => 0.5 * MiB * random());
  const shape: FloorShape = {
    points: 95,
    heap: () => base,
    around: (at) => ({ nativeBytes: staircase(at) + wobble[at / 10]! }),
  };
  t.match(judged(floors(shape)), { verdict: 'native-growth', signal: 'native-remainder' });
  t.match(judged(floors({ ...shape, points: 55 })), { verdict: 'growing', signal: 'native-remainder' });
  t.match(judged(floors({ ...shape, points: 40 })), { verdict: 'stable' }, 'warming up takes 20 MiB, too');
  const settled = { ...shape, around: (at: number) => ({ nativeBytes: staircase(Math.min(at, 400)) }) };
  t.equal(alleged(told(settled)), 0, 'a pool that is full before the horizon');
  const points = floors(shape);
  const { around: _, ...unseen } = points[50]!;
  t.equal(judged(points.with(50, unseen)).verdict, 'stable', 'one floor without a figure leaves it unsaid');
});

t.test('a wave of the load does not hide growth outside the heap', async (t) => {
  const { heap, traffic, around } = handled(sine);
  const shape: FloorShape = {
    points: 95,
    heap,
    ...(traffic && { traffic }),
    around: (at, n) => ({ ...around?.(at, n), nativeBytes: 40 * MiB + 0.1 * MiB * at }),
  };
  t.match(judged(floors(shape)), { verdict: 'native-growth', signal: 'native-remainder' });
});

t.test('a proven leak stays one when something faster begins to fill', async (t) => {
  const shape: FloorShape = {
    points: 120,
    heap: (_, n) => base + 1024 * n,
    external: (at) => 5 * MiB + 0.2 * MiB * Math.max(0, at - 900),
  };
  const verdicts = told(shape, 900, 1);
  t.same([...new Set(verdicts)], ['leaking'], verdicts.join(' '));
});

t.test('a random walk of RSS is no growth', async (t) => {
  for (const seed of SEEDS) {
    const random = createRandom(seed);
    let bytes = 50 * MiB;
    const walk = Array.from({ length: 90 }, () => (bytes += (random() - 0.5) * MiB));
    const shape: FloorShape = {
      points: 90,
      heap: () => base,
      around: (at) => ({ nativeBytes: walk[at / 10]! }),
    };
    t.equal(alleged(told(shape)), 0, `seed ${seed}`);
  }
});

t.test('a single step is not growth', async (t) => {
  for (const seed of SEEDS) {
    const shape: FloorShape = {
      points: 110,
      heap: (at) => base + (at < 500 ? 0 : 20 * MiB),
      noiseBytes: 0.4 * MiB,
      seed,
    };
    const verdicts = told(shape);
    t.equal(alleged(verdicts), 0, `seed ${seed}`);
    const later = told(shape, 600, 2);
    const rising = later.filter((verdict) => verdict === 'growing').length;
    t.ok(rising <= 0.02 * later.length, `seed ${seed}: growing at ${rising} of ${later.length} floors`);
  }
});

t.test('a leak that begins late is separated from the calm before it', async (t) => {
  const ONSET_SECONDS = 500;
  const HORIZON = 200;
  for (const seed of SEEDS) {
    const points = floors({
      points: 96,
      heap: (_, requests) => base + 4096 * Math.max(0, requests - 50 * ONSET_SECONDS),
      noiseBytes: 0.2 * MiB,
      seed,
    });
    const verdicts = points.map((point, i) => ({
      seconds: point.monotonicMs / 1000,
      judgement: judged(points.slice(0, i + 1), HORIZON),
    }));
    const first = (name: VerdictName): number =>
      verdicts.find(({ judgement }) => judgement.verdict === name)?.seconds ?? Infinity;
    t.ok(
      first('growing') > ONSET_SECONDS && first('growing') < ONSET_SECONDS + 120,
      `growing at ${first('growing')}`,
    );
    // Every fifth floor of so many is tried as a start, and noise may put it a floor or two before the onset.
    t.ok(first('leaking') >= ONSET_SECONDS + HORIZON - 20, `leaking at ${first('leaking')}`);
    t.ok(first('leaking') <= ONSET_SECONDS + HORIZON + 80, `leaking at ${first('leaking')}`);
    const { judgement } = verdicts.at(-1)!;
    t.equal(judgement.verdict, 'leaking');
    if (judgement.verdict !== 'leaking') continue;
    const { value } = judgement.growth.bytesPerRequest!;
    t.ok(Math.abs(value / 4096 - 1) < 0.1, `${value} bytes a request`);
    t.ok(
      Math.abs(judgement.window.fromMs - startMs - ONSET_SECONDS * 1000) <= 80_000,
      'the window begins at the onset',
    );
  }
});

t.test(
  'a fill that ends a tenth before the horizon is never leaking, whatever half a floor’s gain of noise does',
  async (t) => {
    for (let seed = 1; seed <= 24; seed += 1) {
      const random = createRandom(seed);
      const endSeconds = HORIZON_SECONDS * (0.8 + 0.1 * random());
      const shape: FloorShape = {
        points: 80,
        heap: (at) => base + 40 * MiB * Math.min(1, at / endSeconds),
        // Between two floors 0.74 to 0.83 MiB are gained.
        noiseBytes: (0.05 + 0.3 * random()) * MiB,
        seed,
      };
      const verdicts = told(shape, endSeconds, 1);
      t.equal(alleged(verdicts), 0, `seed ${seed}: ${endSeconds.toFixed(0)} s, ${verdicts.join(' ')}`);
    }
  },
);
