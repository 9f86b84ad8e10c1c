import t from 'tap';
import { createDetector } from '../../src/verdict/detector.js';
import { createSurroundings } from '../../src/verdict/floors/surroundings.js';
import { isRising, type Judgement, type Rising } from '../../src/verdict/verdict.js';
import { createVerdictLog } from '../../src/verdict/verdict-log.js';
import { majorGc } from '../helpers/major-gc.js';
import { scriptedClock } from '../helpers/scripted-clock.js';
import { MiB } from './synthetic-floors.js';

const HOUR_MS = 3_600_000;
const REQUESTS_PER_SECOND = 50;
const LEAK_BYTES = 4096;
const TICK_SECONDS = 2;
const FLOOR_SECONDS = 8;

/** A server that ticks and collects as time runs; what its floors hold is up to the test. */
function serving(heapBytes: (requests: number) => number = (requests) => 30 * MiB + LEAK_BYTES * requests) {
  const clock = scriptedClock({ monotonic: 0 });
  const detector = createDetector({ clock, fillHorizonSeconds: 600 });
  let seconds = 0;
  let requests = 0;
  let counted = 0;
  return {
    clock,
    detector,
    serve(during: number, requestsPerSecond = REQUESTS_PER_SECOND) {
      for (const end = seconds + during; seconds < end; seconds += TICK_SECONDS) {
        clock.advance(TICK_SECONDS * 1000);
        requests += TICK_SECONDS * requestsPerSecond;
        counted += TICK_SECONDS * requestsPerSecond;
        const isFloor = seconds % FLOOR_SECONDS === 0;
        detector.observe(isFloor ? [majorGc(clock.monotonic(), heapBytes(requests))] : [], counted);
      }
    },
    recount() {
      counted = 0;
    },
  };
}

function rising(judgement: Judgement): Rising {
  if (!isRising(judgement)) throw new Error(`it is ${judgement.verdict}`);
  return judgement;
}

const about = (value: number, truth: number): boolean => Math.abs(value / truth - 1) < 0.1;

for (const [how, stepMs] of [
  ['back by an hour', -HOUR_MS],
  ['on by an hour', HOUR_MS],
] as const) {
  t.test(`a wall clock that is set ${how} leaves the window in order, and the rate as it was`, async (t) => {
    const { clock, detector, serve } = serving();
    serve(200);
    const before = rising(detector.judgement());
    clock.set(stepMs);
    serve(100);
    const { window, growth, verdict, decidedAtMs } = rising(detector.judgement());
    t.equal(verdict, 'growing');
    t.ok(about(window.toMs - window.fromMs, 300_000), `a window of ${window.toMs - window.fromMs} ms`);
    t.ok(window.toMs <= clock.wall());
    t.equal(window.fromMs, before.window.fromMs + stepMs, 'the past is told by the clock of now');
    t.ok(about(growth.bytesPerSecond.value, LEAK_BYTES * REQUESTS_PER_SECOND));
    t.ok(about(decidedAtMs! - clock.wall(), 300_000), 'the horizon is as far as it was');
    const times = detector.points.map(({ atMs }) => atMs);
    t.same(
      times,
      times.toSorted((a, b) => a - b),
    );
    t.match(detector.disturbances, [{ kind: 'step', byMs: stepMs }]);
    t.equal(detector.disturbances.length, 1);
  });
}

t.test('a clock that is slewed, and ticks that come late, are no disturbance', async (t) => {
  const { clock, detector, serve } = serving();
  for (let i = 0; i < 20; i += 1) {
    serve(8);
    clock.set(i % 2 === 0 ? 300 : -300);
  }
  clock.advance(100_000);
  serve(8);
  t.same(detector.disturbances, []);
});

t.test('hours in which the process stood still make a rise neither longer nor slower', async (t) => {
  const { clock, detector, serve } = serving();
  serve(120);
  clock.advance(3 * HOUR_MS);
  serve(60);
  const { verdict, growth, decidedAtMs } = rising(detector.judgement());
  t.equal(verdict, 'growing', 'it has risen for three minutes and not for three hours');
  t.ok(
    about(growth.bytesPerSecond.value, LEAK_BYTES * REQUESTS_PER_SECOND),
    `${growth.bytesPerSecond.value}`,
  );
  t.ok(about(decidedAtMs! - clock.wall(), 420_000), `${decidedAtMs! - clock.wall()} ms to go`);
  t.equal(detector.disturbances.length, 1);
  const [gap] = detector.disturbances;
  t.equal(gap?.kind, 'gap');
  t.ok(about(gap?.byMs ?? 0, 3 * HOUR_MS));
  serve(500);
  t.equal(rising(detector.judgement()).verdict, 'leaking', 'ten minutes of running decide');
});

t.test('a machine that slept together with its monotonic clock is treated the same', async (t) => {
  const { clock, detector, serve } = serving();
  serve(120);
  clock.set(8 * HOUR_MS);
  serve(60);
  const { verdict, window } = rising(detector.judgement());
  t.equal(verdict, 'growing');
  t.ok(about(window.toMs - window.fromMs, 180_000));
});

t.test('collections show that a loop was blocked and the process was not', async (t) => {
  const { clock, detector, serve } = serving();
  serve(40);
  const fromMs = clock.monotonic();
  clock.advance(HOUR_MS);
  const events = Array.from({ length: 60 }, (_, i) => majorGc(fromMs + (i + 1) * 60_000, 50 * MiB));
  detector.observe(events, 40 * REQUESTS_PER_SECOND);
  t.same(detector.disturbances, []);
  t.equal(detector.points.at(-1)?.monotonicMs, fromMs + HOUR_MS);
});

t.test('the list of disturbances is bounded', async (t) => {
  const { clock, detector, serve } = serving();
  for (let i = 0; i < 100; i += 1) {
    clock.set(i % 2 === 0 ? HOUR_MS : -HOUR_MS);
    serve(8);
  }
  t.ok(detector.disturbances.length <= 8);
  t.ok(rising(detector.judgement()).window.fromMs < clock.wall());
});

t.test('a reset of the request count does not invert growth per request', async (t) => {
  const { detector, serve, recount } = serving();
  serve(200);
  recount();
  serve(200);
  const { growth, window } = rising(detector.judgement());
  t.ok(window.requests > 390 * REQUESTS_PER_SECOND, `${window.requests} requests`);
  t.ok(about(growth.bytesPerRequest!.value, LEAK_BYTES));
  const { points } = detector;
  t.ok(points.every(({ requests }, i) => i === 0 || requests >= points[i - 1]!.requests));
});

t.test('counts by route continue after a reset', async (t) => {
  const clock = scriptedClock({ monotonic: 0 });
  const detector = createDetector({ clock, fillHorizonSeconds: 600 });
  for (const [total, ...routes] of [
    [30, 10, 20],
    [60, 20, 40],
    [6, 1, 5],
    [12, 2, 10],
  ]) {
    clock.advance(8_000);
    detector.observe([majorGc(clock.monotonic(), 30 * MiB)], total!, Float64Array.from(routes));
  }
  t.same(
    detector.points.map(({ requests, routeCounts }) => [requests, ...routeCounts!]),
    [
      [30, 10, 20],
      [60, 20, 40],
      [66, 21, 45],
      [72, 22, 50],
    ],
  );
});

t.test('the rate of requests is that of the running process', async (t) => {
  const surroundings = createSurroundings();
  const look = (seconds: number, completedRequests: number): number => {
    const sample = { monotonicMs: seconds * 1000 };
    surroundings.look({
      inFlight: 0,
      connections: 0,
      completedRequests,
      sample,
      gc: { pauseSeconds: 0, allocatedBytes: 0 },
    });
    return surroundings.take()!.requestsPerSecond;
  };
  for (let seconds = 0; seconds <= 100; seconds += 1) look(seconds, seconds * 50);
  t.ok(about(look(HOUR_MS / 1000, 5_000), 50), 'not that of an hour in which it stood still');
  t.ok(about(look(HOUR_MS / 1000 + 1, 50), 50), 'a count that begins again is no negative rate');
});

t.test('without any traffic a flat floor is stable, on a window without requests', async (t) => {
  const { detector, serve } = serving(() => 30 * MiB);
  serve(120, 0);
  t.match(detector.judgement(), { verdict: 'stable', window: { requests: 0 } });
  t.notOk('bytesPerRequest' in (detector.judgement() as Rising).growth);
});

t.test('the log follows on time when the wall clock is set back', async (t) => {
  const clock = scriptedClock({ monotonic: 0 });
  const log = createVerdictLog();
  let asked = 0;
  const source = {
    judgement(): Judgement {
      asked += 1;
      return { verdict: 'insufficient-data', missing: [], ruledOut: [] };
    },
    suspects: () => ({ routes: [], sites: [] }),
  };
  for (let i = 0; i < 60; i += 1) {
    if (i === 30) clock.set(-HOUR_MS);
    clock.advance(1_000);
    log.follow(source, clock);
  }
  t.equal(asked, 6);
});
