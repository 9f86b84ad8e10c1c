import t from 'tap';
import type { TidemarkOptions } from '../../src/config/options.js';
import { resolveOptions } from '../../src/config/resolve.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import type { Collection } from '../../src/measure/collect.js';
import type { GcEvent, HeapReading } from '../../src/measure/reading.js';
import type { SamplerProbes } from '../../src/measure/sampler.js';
import { curl, step, type StepName } from '../../src/answers/curl-step.js';
import { toText } from '../../src/answers/render/old-values.js';
import { formatSeconds } from '../../src/answers/render/units.js';
import { gcView } from '../../src/answers/gc/build.js';
import { healthView } from '../../src/answers/health/build.js';
import { routesView, type RouteSort } from '../../src/answers/routes/build.js';
import { statsView } from '../../src/answers/stats/build.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const MiB = 1024 * 1024;
const target = { base: 'http://127.0.0.1:3000', usesToken: false };

function heapOf(usedBytes: number, spaces: HeapReading['spaces'] = []): HeapReading {
  return {
    usedBytes,
    committedBytes: 2 * usedBytes,
    limitBytes: 4096 * MiB,
    mallocedBytes: 0,
    externalBytes: 5 * MiB,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces,
  };
}

/** A core that reads what a test wrote down, and was never started. */
function scriptedCore(given: TidemarkOptions = {}, probes: SamplerProbes = {}) {
  const clock = scriptedClock();
  const options = resolveOptions({ stateDirectory: '/nonexistent', ...given }, {});
  const collections: GcEvent[] = [];
  const runtime = createRuntime(options, {
    log: { info: () => undefined, warn: () => undefined },
    clock,
    probes,
    gcWindows: {
      start: () => undefined,
      stop: () => undefined,
      drain: () => collections.splice(0),
      onGc: () => () => undefined,
      dropped: () => 0,
    },
  });
  return { core: runtime.core, clock, collections, tick: runtime.tick };
}

function majorGc(endMs: number, usedBytes: number): GcEvent {
  const sizes = {
    usedBytes,
    committedBytes: usedBytes,
    externalBytes: 5 * MiB,
    oldSpaceUsedBytes: usedBytes,
    newSpaceUsedBytes: 0,
    spaces: [],
  };
  return { kind: 'major', startMs: endMs - 1, exactTime: true, pauseMs: 1, before: sizes, after: sizes };
}

/** Health where so much of 100 MiB is used. */
function healthAt(usedMiB: number, others: SamplerProbes = {}) {
  const { core } = scriptedCore(
    {},
    { heap: () => heapOf(usedMiB * MiB), memoryLimitBytes: 100 * MiB, ...others },
  );
  return healthView(core, target);
}

const space = (name: string, usedBytes: number) => ({
  name,
  usedBytes,
  committedBytes: 0,
  availableBytes: 0,
});
const run = (before: number, after: number): Collection => ({
  before: heapOf(before, [space('old_space', before), space('gone_space', 7)]),
  after: heapOf(after, [space('old_space', after)]),
  pauseMs: 12,
});
const nearlyAll = () => ({ open: 95, limit: 100 });

t.test('health is graded by the share of the limit', async (t) => {
  t.match(healthAt(10), {
    status: 'ok',
    score: 100,
    memory: { status: 'ok', usedRatio: 0.1, limitSource: 'configured' },
    verdict: 'insufficient-data',
  });
  t.match(healthAt(80), { status: 'warning', score: 82, memory: { status: 'warning' } });
  t.match(healthAt(95), { status: 'critical', score: 73, memory: { status: 'critical' } });
  t.match(healthAt(300), { status: 'critical', score: 70 }, 'the score knows no more than full');
});

t.test('descriptors count as memory does, and what cannot be read is absent', async (t) => {
  t.match(healthAt(10, { descriptors: nearlyAll }), {
    status: 'critical',
    memory: { status: 'ok' },
    resources: { status: 'critical', descriptors: { open: 95 } },
  });
  const { core } = scriptedCore();
  const blind = healthView(core, target);
  t.match(blind, { status: 'ok', score: 100, resources: { status: 'ok' } });
  t.notOk('eventLoop' in blind || 'usedRatio' in (blind['memory'] as object));
});

t.test('a busy event loop and a leak are warnings', async (t) => {
  const reading = { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: 90, delayMaxMs: 99, utilization: 0.99 };
  const eventLoop = { start: () => undefined, stop: () => undefined, read: () => reading };
  t.match(healthAt(10, { eventLoop }), {
    status: 'warning',
    eventLoop: { status: 'warning', delayP99Ms: 90, utilization: 0.99 },
  });

  const { core, clock, collections, tick } = scriptedCore({
    verdict: { fillHorizonSeconds: 60, gcProbe: 'off' },
    profile: { enabled: false },
  });
  const scores: unknown[] = [];
  for (let i = 1; i <= 12; i += 1) {
    clock.advance(10_000);
    collections.push(majorGc(clock.monotonic(), (30 + 5 * i) * MiB));
    await tick();
    scores.push(
      `${String(healthView(core, target)['verdict'])} ${String(healthView(core, target)['score'])}`,
    );
  }
  t.equal(scores[4], 'growing 95');
  t.equal(scores.at(-1), 'leaking 80');
  t.equal(healthView(core, target).status, 'warning');
});

t.test('routes are sorted as asked, and cut', async (t) => {
  const { core, clock } = scriptedCore({ profile: { enabled: false }, requestProfiling: { probability: 1 } });
  const recorder = core.recorder!;
  const serve = (pattern: string, requests: number, ms: number): void => {
    const row = recorder.addRoute('GET', pattern);
    for (let i = 0; i < requests; i += 1) {
      const record = recorder.begin(row);
      core.deep!.begin(record);
      clock.advance(ms);
      core.deep!.end(record, row, 200);
      recorder.end(record, i === 0 ? 0 : 200);
    }
  };
  serve('/fast', 30, 1);
  serve('/slow', 3, 500);
  recorder.addRoute('GET', '/never');
  recorder.begin(recorder.addRoute('GET', '/open'));
  const listed = (sort: RouteSort, limit = 10) => routesView(core, recorder, target, sort, limit).routes;
  t.same(
    listed('requests').map(({ route }) => route),
    ['GET /fast', 'GET /slow', 'GET /open'],
    'a route that was never asked is not there',
  );
  t.equal(listed('duration')[0]?.route, 'GET /slow');
  t.equal(listed('duration', 1).length, 1);
  t.equal(listed('retained').length, 3);
  t.equal(listed('delta').length, 3);
  const [slow] = listed('duration');
  t.match(slow, { requests: 3, inFlight: 0, statuses: { '2xx': 2, aborted: 1 } });
  t.ok(Math.abs(slow!.duration!.p50Ms / 500 - 1) < 0.1);
  t.match(listed('requests')[2], { requests: 0, inFlight: 1, statuses: {} });
  t.notOk('duration' in listed('requests')[2]!);
  const { deepSamples } = routesView(core, recorder, target, 'requests', 2);
  t.match(deepSamples, { taken: 33, newest: [{ route: 'GET /slow', durationMs: 500 }, {}] });
  t.equal(deepSamples?.newest.length, 2);
  t.match(toText(routesView(core, recorder, target, 'requests', 10)), /GET \/fast/);
});

t.test('a collection is told run by run and space by space', async (t) => {
  const { core } = scriptedCore({ verdict: { enabled: false } });
  const answer = gcView(core, [run(100, 60), run(61, 59)], undefined, target);
  t.match(answer, {
    runs: [
      { pauseMs: 12, usedBytes: 60, reclaimedBytes: 40 },
      { usedBytes: 59, reclaimedBytes: 2 },
    ],
    before: { usedBytes: 100 },
    after: { usedBytes: 59 },
    reclaimedBytes: 41,
    spaces: [
      { name: 'old_space', beforeBytes: 100, afterBytes: 59, reclaimedBytes: 41 },
      { name: 'gone_space', afterBytes: 0, reclaimedBytes: 7 },
    ],
  });
  t.notOk('verdict' in answer);
  const judged = gcView(scriptedCore().core, [run(100, 60)], 0.5, target);
  t.match(judged, { verdict: { verdict: 'insufficient-data', confidenceBefore: 0.5 } });
  t.notOk('confidenceAfter' in judged.verdict!);
});

t.test('stats of a process that can read nothing have only what is always there', async (t) => {
  const { core } = scriptedCore({ requests: { enabled: false }, verdict: { enabled: false } });
  const stats: object = statsView(core, target);
  t.match(stats, { process: { pid: process.pid }, gc: { major: { count: 0 } }, cost: { errors: {} } });
  for (const absent of [
    'heap',
    'external',
    'rssBytes',
    'cgroup',
    'limit',
    'eventLoop',
    'routes',
    'verdict',
  ]) {
    t.notOk(absent in stats, absent);
  }
  t.ok(toText(stats).length > 100);
});

t.test('every command can be pasted and says what it costs', async (t) => {
  const costs = { gcPauseMs: 30.2, profileReadMs: 41.9 };
  const names: readonly StepName[] = [
    'verdict',
    'verdictGc',
    'stats',
    'history',
    'routes',
    'gc',
    'profile',
    'profileDelta',
    'pprof',
    'report',
    'optimize',
  ];
  const pauses = names.map((name) => step(name, target, costs).cost.pauseMs);
  t.same(pauses, [0, 31, 0, 0, 0, 31, 42, 84, 42, 0, 0]);
  t.match(step('gc', target, costs).curl, /^curl -s -X POST 'http:\/\/127\.0\.0\.1:3000\/memory\/gc'$/);
  t.match(step('pprof', target, costs).curl, / -o heap\.pb\.gz && go tool pprof /);
  t.equal(
    curl({ base: 'https://host/api', usesToken: true }, '/health'),
    `curl -s -H "Authorization: Bearer $TIDEMARK_TOKEN" 'https://host/api/health'`,
    'the token itself is never printed',
  );
});

t.test('rounding never makes sixty of a unit', async (t) => {
  const shown = [0.9996, 59.96, 119.7, 3599.6, 7199, 86_399, 172_799].map(formatSeconds);
  t.same(shown, ['1.0 s', '1 min 0 s', '2 min 0 s', '1 h 0 min', '2 h 0 min', '1 d 0 h', '2 d 0 h']);
  t.equal(formatSeconds(-5), '-5.0 s');
});
