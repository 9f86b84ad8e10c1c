import t from 'tap';
import type { Sample } from '../../../src/measure/reading.js';
import { suggest } from '../../../src/answers/optimize/rules/rules.js';
import type { OptimizeFacts } from '../../../src/answers/optimize/facts.js';
import type { Suggestion } from '../../../src/answers/optimize/schema.js';
import { factsOf, gcOf, heapOf, kindOf, liveAfterGc, MIB, recentOf, routeOf } from './facts.js';

const titles = (facts: OptimizeFacts): string[] => suggest(facts).map(({ title }) => title);
const only = (facts: OptimizeFacts): Suggestion | undefined => {
  const all = suggest(facts);
  return all.length === 1 ? all[0] : undefined;
};
const sampleOf = (given: Partial<Sample>): Sample => ({ at: 0, monotonicMs: 0, heap: heapOf(), ...given });

const estimate = (value: number) => ({ value, low: value / 2, high: value * 2 });
const leaking = {
  verdict: 'leaking',
  growth: { bytesPerSecond: estimate(1024) },
  suspects: {
    routes: [
      {
        route: 'GET /orders/:id',
        bytesPerRequest: estimate(512),
        share: 0.9,
        evidence: 'window',
        requests: 10,
        collinearWith: [],
      },
    ],
    sites: [
      {
        function: 'remember',
        file: 'src/cache.ts',
        line: 42,
        column: 3,
        kind: 'application',
        liveBytes: 1,
        liveSamples: 1,
        newLiveBytes: 1,
        growthBytes: estimate(9),
        share: 0.8,
        stack: [],
        callees: [],
        routes: [],
      },
    ],
    resources: [],
    holders: [],
  },
  ruledOut: [],
} as const satisfies OptimizeFacts['verdict'];

t.test('a healthy process is left alone', async (t) => {
  t.same(suggest(factsOf()), []);
  t.same(suggest(factsOf({ sample: { at: 0, monotonicMs: 0 } })), [], 'nor is one of which nothing is known');
});

t.test('a leak comes first, with its route, its line and what it takes in an hour', async (t) => {
  const found = suggest(factsOf({ verdict: leaking, completed: 1000, serverErrors: 900 }));
  t.match(found[0], {
    severity: 'critical',
    title: 'Stop the leak in GET /orders/:id',
    evidence:
      /1\.00 KiB\/s stay; GET \/orders\/:id keeps 512 B a request; 80 % .* src\/cache\.ts:42:3 \(remember\)/,
    action: /src\/cache\.ts:42:3/,
    impactBytes: 3600 * 1024,
  });
  t.equal(found[1]?.severity, 'warning');
  const unnamed = {
    ...leaking,
    verdict: 'growing',
    suspects: { ...leaking.suspects, routes: [], sites: [] },
  } as const;
  t.match(only(factsOf({ verdict: unnamed })), {
    severity: 'warning',
    title: 'Check what grows',
    action: /profile\?seconds/,
  });
});

const containerOf = (limitMib: number) => ({
  version: 2 as const,
  limitBytes: limitMib * MIB,
  usageBytes: 100 * MIB,
});

const inside = (limitMib: number, heap: Parameters<typeof heapOf>[0]) =>
  factsOf({ sample: sampleOf({ heap: heapOf(heap), cgroup: containerOf(limitMib), rssBytes: 180 * MIB }) });

t.test('the heap limit is held against that of the container', async (t) => {
  // 512 − (180 − 80) MiB are left for the heap, and 90 % of that are 370 MiB.
  const above = only(inside(512, { limitBytes: 2048 * MIB }));
  t.match(above, { severity: 'warning', action: /--max-old-space-size=370\b/, impactBytes: 1678 * MIB });
  t.match(
    only(inside(512, { limitBytes: 2048 * MIB, usedBytes: 300 * MIB, committedBytes: 80 * MIB })),
    { severity: 'critical' },
    'it is urgent once the heap is well filled',
  );
  const below = only(inside(2048, { limitBytes: 256 * MIB, usedBytes: 200 * MIB }));
  t.match(below, { title: /^Raise the heap limit/, action: /--max-old-space-size=1753\b/ });
  t.same(titles(inside(2048, { limitBytes: 256 * MIB })), [], 'a small heap with a small limit is no waste');
  t.same(titles(inside(512, { limitBytes: 380 * MIB })), [], 'a limit that fits is left alone');
});

t.test('what is live nearly fills the limit', async (t) => {
  const sample = sampleOf({
    heap: heapOf({ usedBytes: 98 * MIB }),
    limit: { bytes: 100 * MIB, source: 'configured' },
  });
  t.match(only(factsOf({ sample })), { severity: 'critical', evidence: /98 %/, impactBytes: 28 * MIB });
  t.match(only(factsOf({ sample, gc: gcOf({ lastMajor: liveAfterGc(75 * MIB) }) })), { severity: 'warning' });
  t.same(
    titles(factsOf({ sample, gc: gcOf({ lastMajor: liveAfterGc(20 * MIB) }) })),
    [],
    'garbage is no reason',
  );
});

const scavenging = (minorSeconds: number, reclaimedMib: number) =>
  gcOf({
    kinds: { ...gcOf().kinds, minor: kindOf(500, minorSeconds, reclaimedMib * MIB), major: kindOf(2, 1) },
    allocatedBytes: 1000 * MIB,
  });

t.test('scavenges that take much time ask for a larger young generation', async (t) => {
  const facts = { gc: scavenging(9, 500), recent: recentOf(10) };
  t.match(only(factsOf(facts)), {
    severity: 'warning',
    evidence: /10 % of the time, 90 % of its pauses are scavenges, which leave 50 %/,
    action: /--max-semi-space-size=64\b/,
  });
  t.match(only(factsOf({ ...facts, gc: scavenging(9, 990) })), { severity: 'info' }, 'little survives');
  t.match(only(factsOf({ ...facts, flags: ['--max-semi-space-size=32'] })), { action: /=128\b/ });
  t.same(titles(factsOf({ ...facts, flags: ['--max_semi_space_size=128'] })), [], 'it has enough');
  t.same(titles(factsOf({ ...facts, recent: recentOf(1) })), [], 'little time is spent');
  t.same(titles(factsOf({ ...facts, gc: scavenging(1, 500) })), [], 'others take the time');
  const tight = sampleOf({ limit: { bytes: 128 * MIB, source: 'cgroup' } });
  t.same(titles(factsOf({ ...facts, sample: tight })), [], 'there is no room for it');
});

t.test('major collections that take much time are named', async (t) => {
  const gc = gcOf({ kinds: { ...gcOf().kinds, major: kindOf(50, 20) }, lastMajor: liveAfterGc(90 * MIB) });
  t.match(only(factsOf({ gc, recent: recentOf(20, 30) })), {
    severity: 'warning',
    evidence: /20 % of the time, with 30 major collections in 100 s; 90\.0 MiB live/,
  });
  t.match(only(factsOf({ gc, recent: recentOf(40, 30) })), { severity: 'critical' });
  t.same(titles(factsOf({ gc, recent: recentOf(20, 1) })), []);
});

const allocating = (bytes: number) => ({ heapDelta: { p50Bytes: bytes, p90Bytes: bytes, p99Bytes: bytes } });

t.test('routes that allocate much are named', async (t) => {
  const big = routeOf('GET /export', 50, allocating(8 * MIB));
  const small = routeOf('GET /', 1000, allocating(1000));
  t.match(only(factsOf({ routes: [small, big] })), {
    severity: 'info',
    title: 'Allocate less in GET /export',
    impactBytes: 8 * MIB,
  });
  const busy = [routeOf('GET /list', 1000, allocating(200_000)), small];
  t.same(titles(factsOf({ routes: busy })), []);
  t.match(only(factsOf({ routes: busy, recent: recentOf(8) })), { severity: 'warning', title: /GET \/list/ });
  t.same(
    titles(factsOf({ routes: [routeOf('GET /rare', 3, allocating(8 * MIB))] })),
    [],
    'three requests are chance',
  );
});

t.test('memory beside the heap', async (t) => {
  const heap = heapOf({ externalBytes: 200 * MIB });
  const buffers = { heap, arrayBuffersBytes: 190 * MIB };
  t.match(only(factsOf({ sample: sampleOf(buffers) })), {
    severity: 'info',
    evidence: /190\.0 MiB .* array buffers/,
  });
  const most = { ...buffers, cgroup: { version: 2 as const, limitBytes: 500 * MIB, usageBytes: 1 } };
  t.ok(
    suggest(factsOf({ sample: sampleOf(most) })).some(
      ({ title, severity }) => /outside/.test(title) && severity === 'warning',
    ),
  );
  t.match(only(factsOf({ sample: sampleOf({ rssBytes: 900 * MIB }) })), {
    title: /neither heap nor Buffers/,
    impactBytes: 818 * MIB,
  });
  t.match(only(factsOf({ sample: sampleOf({ heap: heapOf({ detachedContexts: 3 }) }) })), {
    evidence: /3 of them/,
  });
});

t.test('event loop, descriptors and failing requests', async (t) => {
  const loop = { delayMeanMs: 20, delayP50Ms: 20, delayP99Ms: 300, delayMaxMs: 900, utilization: 0.5 };
  const slow = sampleOf({ eventLoop: loop });
  t.match(only(factsOf({ sample: slow })), { title: 'Free the event loop', evidence: /p99 300 ms/ });
  t.same(titles(factsOf({ sample: slow, recent: recentOf(0) })), [], 'one slow second is no pattern');
  t.match(only(factsOf({ sample: sampleOf({ descriptors: { open: 95, limit: 100 } }) })), {
    severity: 'critical',
  });
  t.same(titles(factsOf({ sample: sampleOf({ descriptors: { open: 95 } }) })), []);
  const routes = [routeOf('GET /a', 900), routeOf('GET /b', 100, { statuses: { '5xx': 30 } })];
  t.match(only(factsOf({ routes, serverErrors: 30 })), {
    severity: 'info',
    evidence: /30 of 1000 .* in GET \/b/,
  });
  t.match(only(factsOf({ routes, serverErrors: 100 })), { severity: 'warning' });
  t.same(titles(factsOf({ completed: 10, serverErrors: 9 })), [], 'ten requests say nothing');
});

t.test('what is switched off is said, and what that leaves unknown', async (t) => {
  const off = { enabled: false } as const;
  const all = suggest(
    factsOf(
      { failures: { cgroup: 3, heap: 0 } },
      { verdict: off, profile: off, requests: off, history: off, metrics: off },
    ),
  );
  t.equal(all.length, 6);
  t.match(all.at(-1), { evidence: 'cgroup failed 3 times' });
  t.ok(all.every(({ severity }) => severity === 'info'));
  const waiting = { verdict: 'insufficient-data', missing: ['2 more major GCs'], ruledOut: [] } as const;
  t.match(only(factsOf({ verdict: waiting }, { verdict: { gcProbe: 'off' } })), {
    severity: 'warning',
    evidence: /2 more major GCs/,
  });
  t.same(titles(factsOf({ verdict: waiting })), [], 'probes will come');
  t.match(suggest(factsOf({ verdict: leaking }, { profile: off })), [
    { severity: 'critical' },
    { severity: 'warning', title: /profile/ },
  ]);
  t.match(only(factsOf({}, { history: { intervalSeconds: 60 } })), { title: 'Sample more often' });
});

t.test('the gravest comes first, then what concerns most memory', async (t) => {
  const facts = factsOf({
    sample: sampleOf({
      heap: heapOf({ usedBytes: 90 * MIB, externalBytes: 300 * MIB, detachedContexts: 9 }),
      limit: { bytes: 100 * MIB, source: 'configured' },
      rssBytes: 2000 * MIB,
    }),
  });
  t.same(
    suggest(facts).map(({ severity }) => severity),
    ['critical', 'warning', 'info', 'info'],
  );
  const infos = suggest(facts).filter(({ severity }) => severity === 'info');
  t.ok(infos[0]!.impactBytes! > infos[1]!.impactBytes!);
});
