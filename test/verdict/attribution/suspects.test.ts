import t from 'tap';
import type { ProfileGrowth, RouteGrowth, SiteGrowth } from '../../../src/profile/growth.js';
import type { LiveProfile, Reading } from '../../../src/profile/live-profile.js';
import { createLocator } from '../../../src/profile/place.js';
import { createRecorder } from '../../../src/requests/recorder.js';
import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import { createSuspectTracker, NO_SUSPECTS } from '../../../src/verdict/attribution/suspects.js';
import type { Estimate, Judgement, Rising, Signal } from '../../../src/verdict/verdict.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';
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

function routeGrowth(route: number | undefined, growthBytes: Estimate, stackShare = 1): RouteGrowth {
  return { route, stackShare, ...amounts(growthBytes) };
}

function siteGrowth(functionName: string, route: number, growthBytes: Estimate, share: number): SiteGrowth {
  const site = {
    key: functionName,
    kind: 'application' as const,
    functionName,
    url: 'file:///app/src/cache.js',
    line: 42,
    column: 9,
  };
  const routes = [{ route, weight: 1, evidence: 'stack' as const }];
  return { site, stack: [], callees: [], routes, ...amounts(growthBytes, share) };
}

function rising(
  rate: Estimate,
  fromSeconds = 0,
  verdict: Rising['verdict'] = 'growing',
  signal: Signal = 'heap-floor',
): Judgement {
  return {
    verdict,
    confidence: 0.99,
    signal,
    window: { fromMs: startMs + fromSeconds * 1000, toMs: startMs + 100_000, majorGcs: 9, requests: 900 },
    growth: { bytesPerSecond: rate },
    ruledOut: [],
  };
}

/** A tracker whose profile a test writes down. */
function tracking() {
  const clock = scriptedClock({ monotonic: 0 });
  const recorder = createRecorder({ clock, maxRoutes: 50, durationBucketsSeconds: [1] });
  const readings: Reading[] = [];
  const points: FloorPoint[] = [];
  const asked: (Reading | undefined)[] = [];
  let growth: Pick<ProfileGrowth, 'sites' | 'routes'> | undefined = { sites: [], routes: [] };
  const profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'> = {
    readings,
    latest: () => readings.at(-1),
    growthSince(since) {
      asked.push(since);
      return (
        growth && {
          fromMs: 0,
          toMs: 0,
          restarted: false,
          liveBytes: 0,
          newLiveBytes: 0,
          ownLiveBytes: 0,
          ...growth,
        }
      );
    },
    locate: createLocator(undefined, '/app'),
  };
  const tracker = createSuspectTracker({ clock, profile, recorder, points: () => points });
  return {
    tracker,
    asked,
    readings,
    points,
    route: (pattern: string) => recorder.addRoute('GET', pattern),
    serve(route: number, requests: number) {
      for (let i = 0; i < requests; i += 1) recorder.end(recorder.begin(route), 200);
    },
    read(seconds: number): Reading {
      const mark = {} as Reading['mark'];
      const reading: Reading = {
        takenAtMs: startMs + seconds * 1000,
        monotonicMs: seconds * 1000,
        costMs: 1,
        liveBytes: 0,
        liveSamples: 0,
        mark,
      };
      readings.push(reading);
      tracker.note(reading);
      return reading;
    },
    grows(next: typeof growth) {
      growth = next;
    },
  };
}

t.test('a route is charged its share of the growth, for each of its requests', async (t) => {
  const { tracker, route, serve, read, grows } = tracking();
  const [leaky, other, idle] = [route('/leaky'), route('/other'), route('/idle')];
  serve(leaky, 7);
  read(0);
  serve(leaky, 400);
  serve(other, 100);
  read(100);
  grows({
    sites: [],
    routes: [
      routeGrowth(leaky, certain(3 * MiB)),
      routeGrowth(undefined, certain(MiB)),
      routeGrowth(idle, certain(MiB / 2)),
      routeGrowth(other, about(MiB / 2, 2)),
    ],
  });
  const { routes } = tracker.suspects(rising(certain(8000)));
  t.same(
    routes.map((one) => one.route),
    ['GET /leaky'],
    'not a route that was not asked, nor one whose growth may be nil',
  );
  // 8,000 bytes/s for 100 s by 400 requests: 3 in 5 MiB came from it, and 1 more perhaps.
  t.match(routes[0], {
    index: leaky,
    bytesPerRequest: { value: 1600, low: 1200, high: 1600 },
    requests: 400,
    evidence: 'stack',
    collinearWith: [],
  });
  t.ok(Math.abs(tracker.unlinkedShare - 0.2) < 1e-9);
});

t.test('the interval combines the errors of floor and profile', async (t) => {
  const { tracker, route, serve, read, grows } = tracking();
  const leaky = route('/leaky');
  read(0);
  serve(leaky, 100);
  read(10);
  grows({ sites: [], routes: [routeGrowth(leaky, about(MiB, 0.4), 0)] });
  const [suspect] = tracker.suspects(rising(about(10_000, 0.3))).routes;
  t.same(suspect?.bytesPerRequest, { value: 1000, low: 500, high: 1500 });
  t.equal(suspect?.evidence, 'link');
});

t.test('sites that certainly grew are named, with their routes', async (t) => {
  const { tracker, route, serve, read, grows } = tracking();
  const leaky = route('/leaky');
  read(0);
  serve(leaky, 10);
  read(10);
  grows({
    routes: [],
    sites: [
      siteGrowth('remember', leaky, certain(MiB), 0.9),
      siteGrowth('unsure', leaky, about(MiB, 1.5), 0.05),
      siteGrowth('small', leaky, certain(100), 0.01),
    ],
  });
  const { sites } = tracker.suspects(rising(certain(1000)));
  t.equal(sites.length, 1);
  t.match(sites[0], {
    function: 'remember',
    file: 'src/cache.js',
    line: 42,
    column: 9,
    growthBytes: certain(MiB),
    share: 0.9,
    routes: ['GET /leaky'],
  });
});

t.test('growth is measured from the last reading before the window, else from the first', async (t) => {
  const { tracker, asked, readings, read } = tracking();
  for (const seconds of [10, 20, 30, 40]) read(seconds);
  tracker.suspects(rising(certain(1000), 31));
  tracker.suspects(rising(certain(1001), 5));
  t.same(asked, [readings[2], readings[0]]);
});

t.test('without growth, or without readings to compare, no route is named', async (t) => {
  const { tracker, asked, read, grows } = tracking();
  const growing = rising(certain(1000));
  t.equal(tracker.suspects(undefined), NO_SUSPECTS);
  t.equal(tracker.suspects({ verdict: 'insufficient-data', missing: [], ruledOut: [] }), NO_SUSPECTS);
  t.equal(tracker.suspects(growing), NO_SUSPECTS, 'no reading');
  read(0);
  t.equal(tracker.suspects(growing), NO_SUSPECTS, 'one reading');
  read(10);
  grows(undefined);
  t.equal(tracker.suspects(growing), NO_SUSPECTS, 'none that can be compared');
  t.equal(asked.length, 1);
});

t.test('suspects are computed once, and kept when readings are lost', async (t) => {
  const { tracker, asked, readings, route, serve, read, grows } = tracking();
  const leaky = route('/leaky');
  read(0);
  serve(leaky, 10);
  read(10);
  grows({ sites: [], routes: [routeGrowth(leaky, certain(MiB))] });
  const growing = rising(certain(1000));
  const first = tracker.suspects(growing);
  t.equal(tracker.suspects(growing), first);
  t.equal(asked.length, 1);
  t.not(tracker.suspects(rising(certain(2000))), first, 'another rate is another question');
  readings.length = 0;
  t.equal(tracker.suspects(growing).routes.length, 1);
  tracker.suspects({ verdict: 'insufficient-data', missing: [], ruledOut: [] });
  t.equal(tracker.suspects(growing), NO_SUSPECTS, 'but not the end of the rise');
});

t.test('without a profile the floors alone name the route, anew with every floor', async (t) => {
  const clock = scriptedClock();
  const recorder = createRecorder({ clock, maxRoutes: 50, durationBucketsSeconds: [1] });
  for (const pattern of ['/a', '/b', '/c', '/d']) recorder.addRoute('GET', pattern);
  const points = traffic({ floors: 80, routes: 6, leaks: { 4: 1024 } });
  const tracker = createSuspectTracker({ clock, profile: undefined, recorder, points: () => points });
  const growing = rising(certain(30_000));
  const first = tracker.suspects(growing);
  t.match(first, { routes: [{ route: 'GET /c', evidence: 'regression', collinearWith: [] }], sites: [] });
  t.equal(tracker.suspects(growing), first, 'the same floors are fitted once');
  points.push({ ...points.at(-1)!, atMs: points.at(-1)!.atMs + 8_000, monotonicMs: 640_000 });
  t.not(tracker.suspects(growing), first);
});

t.test('growth is attributed to the requests between the floors it was judged on', async (t) => {
  const { tracker, points, route, serve, read, grows } = tracking();
  const leaky = route('/leaky');
  read(0);
  serve(leaky, 10);
  read(10);
  grows({ sites: [], routes: [routeGrowth(leaky, certain(MiB))] });
  const flat = traffic({ floors: 5, routes: leaky + 1, noiseBytes: 0, mix: () => 1 });
  points.push(...flat);
  const requests = flat.at(-1)!.routeCounts![leaky]!;
  // 32 seconds of floors at 8,000 bytes a second, whatever lies between the readings.
  const [suspect] = tracker.suspects(rising(certain(8000))).routes;
  t.match(suspect, { requests, bytesPerRequest: { value: Math.round((32 * 8000) / requests) } });
});

t.test(
  'what lies outside the heap is told by its own floors, and sited where the route allocates',
  async (t) => {
    const { tracker, points, route, read, grows } = tracking();
    const routes = ['/a', '/b', '/c', '/d'].map(route);
    read(0);
    read(10);
    const first = routes[0]!;
    const rows = first + routes.length;
    const leaking = first + 2;
    grows({
      routes: [routeGrowth(first, certain(MiB))],
      sites: [
        siteGrowth('noise', first, certain(MiB), 0.9),
        siteGrowth('stub', leaking, certain(1000), 0.001),
      ],
    });
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
