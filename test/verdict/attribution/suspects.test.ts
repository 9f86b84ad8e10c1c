import t from 'tap';
import type { SiteGrowth } from '../../../src/profile/growth.js';
import type { LiveProfile } from '../../../src/profile/live-profile.js';
import type { Reading } from '../../../src/profile/reading.js';
import { createLocator } from '../../../src/profile/place.js';
import type { Retention } from '../../../src/profile/windows/windows.js';
import { createRecorder } from '../../../src/requests/recorder.js';
import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import { createSuspectTracker, NO_SUSPECTS } from '../../../src/verdict/attribution/suspects.js';
import type { Estimate, Rising, Signal } from '../../../src/verdict/verdict.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
import { certainly, leftAt, leftBy, retention, siteNamed } from '../../profile/windows/retention-builder.js';
import { MiB, startMs } from '../synthetic-floors.js';
import { traffic } from '../traffic.js';

const certain = (value: number): Estimate => ({ value, low: value, high: value });
const about = (value: number, relative: number): Estimate => ({
  value,
  low: value * (1 - relative),
  high: value * (1 + relative),
});

const amounts = (growthBytes: Estimate, share = 0) => ({
  liveBytes: growthBytes.value,
  liveSamples: 10,
  newLiveBytes: growthBytes.value,
  newLiveSamples: 10,
  growthBytes,
  share,
});

function siteGrowth(functionName: string, growthBytes: Estimate, share: number): SiteGrowth {
  return { site: siteNamed(functionName), stack: [], callees: [], ...amounts(growthBytes, share) };
}

function rising(
  rate: Estimate,
  fromSeconds = 0,
  verdict: Rising['verdict'] = 'growing',
  signal: Signal = 'heap-floor',
): Rising {
  return {
    verdict,
    confidence: 0.99,
    signal,
    window: { fromMs: startMs + fromSeconds * 1000, toMs: startMs + 100_000, majorGcs: 9, requests: 900 },
    growth: { bytesPerSecond: rate },
    ruledOut: [],
  };
}

/** A tracker whose profile and windows a test writes down. */
function tracking() {
  const clock = scriptedClock({ monotonic: 0 });
  const recorder = createRecorder({ clock, maxRoutes: 50, durationBucketsSeconds: [1] });
  const readings: Reading[] = [];
  const points: FloorPoint[] = [];
  const asked: (Reading | undefined)[] = [];
  const windows: Retention[] = [];
  let sites: readonly SiteGrowth[] | undefined = [];
  const profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'> = {
    readings,
    latest: () => readings.at(-1),
    growthSince(since) {
      asked.push(since);
      return (
        sites && {
          fromMs: 0,
          toMs: 0,
          restarted: false,
          liveBytes: 0,
          newLiveBytes: 0,
          ownLiveBytes: 0,
          sites,
        }
      );
    },
    locate: createLocator(undefined, '/app'),
  };
  const tracker = createSuspectTracker({
    clock,
    profile,
    recorder,
    points: () => points,
    windows: () => windows,
  });
  return {
    clock,
    tracker,
    windows,
    asked,
    readings,
    points,
    route: (pattern: string) => recorder.addRoute('GET', pattern),
    read(seconds: number): Reading {
      const mark = { cells: new Map() } as unknown as Reading['mark'];
      const reading: Reading = {
        takenAtMs: startMs + seconds * 1000,
        startedAtMs: startMs,
        monotonicMs: seconds * 1000,
        costMs: 1,
        liveBytes: 0,
        liveSamples: 0,
        mark,
      };
      readings.push(reading);
      return reading;
    },
    grows(next: typeof sites) {
      sites = next;
    },
  };
}

t.test('charges a route with its bytes per request, times its requests during the rise', async (t) => {
  const { tracker, windows, route } = tracking();
  const [leaky, other] = [route('/leaky'), route('/other')];
  // A second of the hundred that it rose.
  windows.push(
    retention([
      leftBy(leaky, 4, [leftAt('remember', certainly(7200, 6))]),
      leftBy(other, 10, [leftAt('warm', certainly(500, 4))]),
    ]),
  );
  const { routes } = tracker.suspects(rising(certain(8000)));
  t.same(
    routes.map((one) => one.route),
    ['GET /leaky'],
    'four survivors are chance',
  );
  // 8,000 bytes/s for 100 s by 400 requests are 2,000 each; 1,800 were seen, the rest may be theirs.
  t.match(routes[0], {
    index: leaky,
    bytesPerRequest: { value: 1800, low: 1800, high: 1800 },
    requests: 400,
    share: 1,
    evidence: 'window',
    collinearWith: [],
  });
});

t.test('pools windows during the rise, and ignores earlier ones', async (t) => {
  const { clock, tracker, windows, route } = tracking();
  const [leaky, earlier] = [route('/leaky'), route('/earlier')];
  const growing = rising(certain(10_000), 50);
  const told = (): unknown => tracker.suspects(growing).routes;
  windows.push(retention([leftBy(earlier, 10, [leftAt('old', certainly(10_000, 10))])], { fromMs: 40_000 }));
  t.same(told(), []);
  windows.push(retention([leftBy(leaky, 10, [leftAt('remember', certainly(9_000, 9))])], { fromMs: 60_000 }));
  t.match(told(), [{ index: leaky, bytesPerRequest: { value: 900 } }]);
  windows.push(
    retention([leftBy(leaky, 10, [leftAt('remember', certainly(11_000, 9))])], { fromMs: 70_000 }),
  );
  t.match(told(), [{ index: leaky, bytesPerRequest: { value: 1000 } }], 'told anew');
  clock.set(-3_600_000);
  const now = { ...growing.window, fromMs: growing.window.fromMs - 3_600_000 };
  t.match(
    tracker.suspects({ ...growing, window: now }).routes,
    [{ index: leaky }],
    'whatever the clock says now',
  );
});

t.test('names the sites of survivors, with their routes', async (t) => {
  const { tracker, windows, route, read, grows } = tracking();
  const [leaky, also] = [route('/leaky'), route('/also')];
  read(0);
  read(100);
  grows([siteGrowth('remember', certain(MiB), 0.4), siteGrowth('refresh', certain(9 * MiB), 0.6)]);
  windows.push(
    retention([
      leftBy(leaky, 10, [leftAt('remember', certainly(10_000, 10)), leftAt('small', certainly(100, 2))]),
      leftBy(also, 10, [leftAt('remember', certainly(5_000, 5))]),
    ]),
  );
  const { sites } = tracker.suspects(rising(certain(15_000)));
  t.same(
    sites.map((site) => site.function),
    ['remember'],
    'not what the profile alone saw grow',
  );
  t.match(sites[0], {
    function: 'remember',
    file: 'src/cache.js',
    line: 42,
    column: 9,
    liveBytes: MiB,
    growthBytes: certain(1_500_000),
    routes: ['GET /leaky', 'GET /also'],
  });
});

t.test('names sites that grew significantly in the profile if there was no window', async (t) => {
  const { tracker, read, grows } = tracking();
  read(0);
  read(10);
  grows([
    siteGrowth('remember', certain(MiB), 0.9),
    siteGrowth('unsure', about(MiB, 1.5), 0.05),
    siteGrowth('small', certain(100), 0.01),
  ]);
  const { sites } = tracker.suspects(rising(certain(1000)));
  t.equal(sites.length, 1);
  t.match(sites[0], { function: 'remember', growthBytes: certain(MiB), share: 0.9, routes: [] });
});

t.test('growth is measured from the last reading before the window, else from the first', async (t) => {
  const { tracker, asked, readings, read } = tracking();
  for (const seconds of [10, 20, 30, 40]) read(seconds);
  tracker.suspects(rising(certain(1000), 31));
  tracker.suspects(rising(certain(1001), 5));
  t.same(asked, [readings[2], readings[0]]);
});

t.test('without growth, or without readings to compare, nothing is named', async (t) => {
  const { tracker, asked, read, grows } = tracking();
  const growing = rising(certain(1000));
  t.equal(tracker.suspects(undefined), NO_SUSPECTS);
  t.equal(tracker.suspects({ verdict: 'insufficient-data', missing: [], ruledOut: [] }), NO_SUSPECTS);
  t.same(tracker.suspects(growing), NO_SUSPECTS, 'no reading');
  read(0);
  t.same(tracker.suspects(growing), NO_SUSPECTS, 'one reading');
  read(10);
  grows(undefined);
  t.same(tracker.suspects(growing), NO_SUSPECTS, 'none that can be compared');
  t.equal(asked.length, 1);
});

t.test('suspects are computed once, and kept when readings are lost', async (t) => {
  const { tracker, asked, readings, read, grows } = tracking();
  read(0);
  read(10);
  grows([siteGrowth('remember', certain(MiB), 0.9)]);
  const growing = rising(certain(1000));
  const first = tracker.suspects(growing);
  t.equal(tracker.suspects(growing), first);
  t.equal(asked.length, 1);
  t.not(tracker.suspects(rising(certain(2000))), first, 'another rate is another question');
  readings.length = 0;
  t.equal(tracker.suspects(growing).sites.length, 1);
  tracker.suspects({ verdict: 'insufficient-data', missing: [], ruledOut: [] });
  t.same(tracker.suspects(growing), NO_SUSPECTS, 'but not the end of the rise');
});

t.test('without a profile the floors alone name the route, anew with every floor', async (t) => {
  const clock = scriptedClock();
  const recorder = createRecorder({ clock, maxRoutes: 50, durationBucketsSeconds: [1] });
  for (const pattern of ['/a', '/b', '/c', '/d']) recorder.addRoute('GET', pattern);
  const points = traffic({ floors: 80, routes: 6, leaks: { 4: 1024 } });
  const tracker = createSuspectTracker({
    clock,
    profile: undefined,
    recorder,
    points: () => points,
    windows: () => [],
  });
  const growing = rising(certain(30_000));
  const first = tracker.suspects(growing);
  t.match(first, { routes: [{ route: 'GET /c', evidence: 'regression', collinearWith: [] }], sites: [] });
  t.equal(tracker.suspects(growing), first, 'the same floors are fitted once');
  points.push({ ...points.at(-1)!, atMs: points.at(-1)!.atMs + 8_000, monotonicMs: 640_000 });
  t.not(tracker.suspects(growing), first);
});

t.test('growth is attributed to the requests between the floors it was judged on', async (t) => {
  const { tracker, windows, points, route } = tracking();
  const leaky = route('/leaky');
  const flat = traffic({ floors: 5, routes: leaky + 1, noiseBytes: 0, mix: () => 1 });
  points.push(...flat);
  const requests = flat.at(-1)!.routeCounts![leaky]!;
  // 32 seconds of floors at 8,000 bytes a second, whatever the window lasted.
  const each = (32 * 8000) / requests;
  windows.push(retention([leftBy(leaky, 100, [leftAt('remember', certainly(100 * each, 10))])]));
  const [suspect] = tracker.suspects(rising(certain(8000))).routes;
  t.match(suspect, { requests, evidence: 'window', bytesPerRequest: { value: Math.round(each) } });
});

t.test(
  'growth outside the heap follows its own floors, with the allocation sites of the route',
  async (t) => {
    const { tracker, windows, points, route } = tracking();
    const routes = ['/a', '/b', '/c', '/d'].map(route);
    const first = routes[0]!;
    const rows = first + routes.length;
    const leaking = first + 2;
    windows.push(
      retention([
        leftBy(first, 100, [leftAt('noise', certainly(MiB, 10))]),
        leftBy(leaking, 100, [leftAt('stub', certainly(1000, 10))]),
      ]),
    );
    const heap = traffic({ floors: 14, routes: rows, leaks: { [leaking]: 4096 }, noiseBytes: 256 });
    points.push(
      ...heap.map((point) => ({ ...point, externalBytes: point.heapBytes, heapBytes: point.externalBytes })),
    );
    const judgement = rising(certain(50_000), 0, 'native-growth', 'external-floor');
    const suspects = tracker.suspects(judgement);
    t.match(suspects.routes, [{ index: leaking, evidence: 'regression', collinearWith: [] }]);
    t.same(
      suspects.sites.map((site) => site.function),
      ['stub'],
    );
    t.equal(tracker.suspects(judgement), suspects);
  },
);
