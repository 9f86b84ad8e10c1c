import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { compareSessions } from '../../../src/profile/sessions/compare.js';
import type { ProfileSession, SessionSite } from '../../../src/profile/sessions/session.js';
import { createSharedPoints, type Point } from '../../../src/profile/sessions/point.js';
import { createSessionStore } from '../../../src/profile/sessions/store.js';

function site(line: number, value: number, spread = value / 10): SessionSite {
  return {
    function: `f${line}`,
    file: 'src/orders.js',
    line,
    column: 1,
    kind: 'application',
    newLiveBytes: value,
    newLiveSamples: 10,
    growthBytes: { value, low: value - spread, high: value + spread },
    share: 0.5,
    stack: [],
  };
}

function session(id: string, fields: Partial<ProfileSession> = {}): ProfileSession {
  return {
    id,
    name: 'import',
    status: 'completed',
    startedAt: '2024-05-01T00:00:00.000Z',
    durationMs: 10,
    overlapping: 0,
    pauseMs: 20,
    limitations: [],
    ...fields,
  };
}

const INTERVAL = 16_384;

t.test('sites are compared by place: both, new and gone, with what sampling could have missed', (t) => {
  const common = { samplingIntervalBytes: INTERVAL, omittedSites: 0 };
  const before = session('1', {
    ...common,
    retainedBytes: 1_000,
    allocatedBytes: 5_000,
    sites: [site(1, 1_000_000), site(2, 800_000), site(3, 20_000)],
  });
  const after = session('2', {
    ...common,
    durationMs: 15,
    retainedBytes: 4_000,
    allocatedBytes: 2_000,
    sites: [site(1, 3_000_000), site(4, 500_000), site(5, 30_000)],
  });
  const { sites = [], ...rest } = compareSessions(before, after);
  t.match(rest, {
    durationDifferenceMs: 5,
    retainedDifferenceBytes: 3_000,
    allocatedDifferenceBytes: -3_000,
    caveats: [],
    session1: { id: '1', siteCount: 3, complete: true },
  });
  t.same(
    sites.map(({ line, change, certain }) => [line, change, certain]),
    [
      [1, 'both', true],
      [2, 'gone', true],
      [4, 'new', true],
      [5, 'new', false],
      [3, 'gone', false],
    ],
    'a site of one sample may have been missed in the other session',
  );
  // MOVER: the distances to the facing ends are added as squares.
  const [first] = sites;
  t.match(first?.differenceBytes, {
    value: 2_000_000,
    low: 2_000_000 - Math.round(Math.hypot(300_000, 100_000)),
    high: 2_000_000 + Math.round(Math.hypot(300_000, 100_000)),
  });
  // None of so many expected samples was seen: less than 3.69 intervals with 97.5 %.
  const fourth = sites.find(({ line }) => line === 4);
  t.equal(
    fourth?.differenceBytes.low,
    Math.round(500_000 - Math.hypot(50_000, 3.6888794541139363 * INTERVAL)),
  );
  t.end();
});

t.test('what one side could not measure is not compared, and why is said', (t) => {
  const lacking = session('1', {
    limitations: [{ part: 'sites', code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', reason: 'no inspector' }],
    retainedBytes: 10,
  });
  const cut = session('2', {
    status: 'failed',
    sites: [site(1, 1e6)],
    omittedSites: 3,
    samplingIntervalBytes: INTERVAL,
    overlapping: 1,
    requests: 9,
  });
  const compared = compareSessions(lacking, cut);
  t.notOk('sites' in compared || 'retainedDifferenceBytes' in compared);
  t.same(compared.caveats, [
    'session 1 lacks sites: no inspector',
    'session 2: the operation failed',
    'session 2: 1 other sessions were open meanwhile',
    'session 2: 9 requests were completed meanwhile',
    'session 2: 3 sites are not in its list',
  ]);
  const whole = session('3', { sites: [], omittedSites: 0, samplingIntervalBytes: INTERVAL });
  t.equal(compareSessions(whole, cut).sites?.[0]?.certain, true);
  t.equal(
    compareSessions(cut, session('4', { sites: [site(9, 1e6)], omittedSites: 0 })).sites?.find(
      ({ change }) => change === 'new',
    )?.certain,
    false,
    'it may be among the sites that were cut',
  );
  t.end();
});

t.test(
  'the store forgets the oldest beyond its count and its bytes, and cuts what alone is too large',
  (t) => {
    const byCount = createSessionStore({ maxSessions: 2, maxSessionBytes: 1e6 });
    for (const id of ['1', '2', '3']) byCount.add(session(id));
    t.same(
      byCount.list().map(({ id }) => id),
      ['3', '2'],
    );
    t.equal(byCount.get('1'), undefined);
    t.equal(byCount.dropped, 1);

    const sites = Array.from({ length: 20 }, (_, i) => site(i, 1e6));
    const oneBytes = JSON.stringify(session('1', { sites })).length;
    const byBytes = createSessionStore({ maxSessions: 100, maxSessionBytes: oneBytes * 2.5 });
    for (const id of ['1', '2', '3', '4']) {
      byBytes.add(session(id, { sites }));
      t.ok(byBytes.bytes <= oneBytes * 2.5);
    }
    t.same(
      byBytes.list().map(({ id }) => id),
      ['4', '3'],
    );
    t.equal(byBytes.bytes, JSON.stringify(byBytes.list()).length - 3, 'without brackets and comma');

    const small = createSessionStore({ maxSessions: 5, maxSessionBytes: oneBytes / 2 });
    const stored = small.add(session('1', { sites, omittedSites: 2 }));
    t.ok(small.bytes <= oneBytes / 2 && small.get('1') === stored);
    t.ok(stored.sites && stored.sites.length > 5 && stored.sites.length < 12, `${stored.sites?.length}`);
    t.equal((stored.sites?.length ?? 0) + (stored.omittedSites ?? 0), 22);
    t.end();
  },
);

t.test('readings are shared by those who ask before they begin, also after one failed', async (t) => {
  let begun = 0;
  const ends: ((fail: boolean) => void)[] = [];
  const point: Point = { allocatedBytes: 0, ownBytes: 0, requests: 0, pauseMs: 0, limitations: [] };
  const take = createSharedPoints(async () => {
    begun += 1;
    return new Promise<Point>((resolve, reject) =>
      ends.push((fail) => (fail ? reject(new Error('refused')) : resolve(point))),
    );
  });
  const together = [take(), take()];
  await turn();
  t.equal(begun, 1);
  const later = [take(), take()];
  await turn();
  t.equal(begun, 1, 'one at a time');
  ends[0]?.(true);
  for (const one of together) await t.rejects(one, { message: 'refused' });
  await turn();
  t.equal(begun, 2, 'those who asked during it get the next');
  ends[1]?.(false);
  for (const one of later) t.equal(await one, point);
});
