import t from 'tap';
import type { Reading } from '../../../src/profile/reading.js';
import { createLocator } from '../../../src/profile/place.js';
import { createRecorder } from '../../../src/requests/recorder.js';
import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import { createSuspectTracker, type Suspects } from '../../../src/verdict/attribution/suspects.js';
import type { Judgement } from '../../../src/verdict/verdict.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
import { traffic } from '../traffic.js';

const HOUR_MS = 3_600_000;
const LEAK_BYTES = 4096;

/** Of a rise over all of these floors, without a profile. */
function suspectsOf(points: readonly FloorPoint[], routes: number): Suspects {
  const clock = scriptedClock({ monotonic: 0 });
  const recorder = createRecorder({ clock, maxRoutes: 1000, durationBucketsSeconds: [1] });
  // Rows 0 and 1 are every table's own.
  for (let route = 2; route < routes; route += 1) recorder.addRoute('GET', `/${route - 2}`);
  const [first, last] = [points[0]!, points.at(-1)!];
  const perSecond = ((last.heapBytes - first.heapBytes) * 1000) / (last.monotonicMs - first.monotonicMs);
  const sources = { clock, profile: undefined, recorder, points: () => points, windows: () => [] };
  return createSuspectTracker(sources).suspects({
    verdict: 'growing',
    confidence: 0.99,
    signal: 'heap-floor',
    window: { fromMs: first.atMs, toMs: last.atMs, majorGcs: points.length, requests: last.requests },
    growth: { bytesPerSecond: { value: perSecond, low: 0.9 * perSecond, high: 1.1 * perSecond } },
    ruledOut: [],
  });
}

t.test('a rise without traffic names no route', async (t) => {
  const points = traffic({ floors: 80, routes: 6, leakPerSecond: 50_000, requestsPerSecond: 0 });
  t.same(suspectsOf(points, 6).routes, []);
});

t.test(
  'a leak among hundreds of routes names few, its own first, or says from which it cannot be told',
  async (t) => {
    const points = traffic({ floors: 96, routes: 600, leaks: { 3: 20_480 } });
    const { routes } = suspectsOf(points, 600);
    t.ok(routes.length <= 10);
    const [first] = routes;
    const named = [first?.route, ...(first?.collinearWith ?? [])];
    t.ok(named.includes('GET /1'), `${named.join(', ')}`);
    t.ok((first?.collinearWith.length ?? 0) <= 50);
  },
);

t.test('routes that were not registered yet count as 0', async (t) => {
  const late = 3;
  // The fifth minute begins with the 38th floor.
  const arrivesAt = 36;
  const full = traffic({
    floors: 96,
    routes: 4,
    mix: (route, minute) => (route === late && minute < 5 ? 0 : 1 + ((minute * (route + 2)) % 3)),
  });
  const points = full.map((point, i) => {
    const counts = point.routeCounts!;
    const heapBytes = point.heapBytes + LEAK_BYTES * counts[late]!;
    return { ...point, heapBytes, routeCounts: i < arrivesAt ? counts.slice(0, late) : counts };
  });
  const { routes } = suspectsOf(points, 4);
  const [first] = routes;
  t.ok([first?.route, ...(first?.collinearWith ?? [])].includes('GET /1'), JSON.stringify(routes));
});

t.test('readings from before a restart of the sampling name no line', async (t) => {
  const clock = scriptedClock({ monotonic: 0 });
  const recorder = createRecorder({ clock, maxRoutes: 10, durationBucketsSeconds: [1] });
  const readings: Reading[] = [];
  const asked: (Reading | undefined)[] = [];
  const profile = {
    readings,
    latest: () => readings.at(-1),
    growthSince(since: Reading | undefined) {
      asked.push(since);
      return undefined;
    },
    locate: createLocator(undefined, '/app'),
  };
  const tracker = createSuspectTracker({ clock, profile, recorder, points: () => [], windows: () => [] });
  const read = (epoch: number): Reading => {
    clock.advance(10_000);
    const mark = { takenAtMs: clock.wall(), epoch, highestOrdinal: 0, cells: new Map() };
    const reading = {
      takenAtMs: clock.wall(),
      startedAtMs: clock.wall(),
      monotonicMs: clock.monotonic(),
      costMs: 1,
      liveBytes: 0,
      liveSamples: 0,
      mark,
    };
    readings.push(reading);
    return reading;
  };
  const startMs = clock.wall();
  const rate = { value: 1000, low: 900, high: 1100 };
  const growing = (fromMs: number): Judgement => ({
    verdict: 'growing',
    confidence: 0.99,
    signal: 'heap-floor',
    window: { fromMs, toMs: clock.wall(), majorGcs: 9, requests: 900 },
    growth: { bytesPerSecond: rate },
    ruledOut: [],
  });
  read(1);
  read(1);
  const restarted = read(2);
  t.same(tracker.suspects(growing(startMs)), { routes: [], sites: [] });
  t.same(asked, [], 'one reading of the new sampling is compared with none of the old');
  const second = read(2);
  read(2);
  tracker.suspects(growing(startMs));
  t.equal(asked.at(-1), restarted);
  clock.set(-HOUR_MS);
  tracker.suspects(growing(clock.wall() - 10_000));
  t.equal(asked.at(-1), second, 'a clock that is set back since does not choose another reading');
});
