import t from 'tap';
import { buildEarlier } from '../../../src/answers/profile/earlier.js';
import { profileLimitations, type LimitationFacts } from '../../../src/answers/profile/limitations.js';
import type { Reading } from '../../../src/profile/reading.js';
import { liveStacks } from '../../../src/profile/live-stacks.js';
import { createPastSamplings } from '../../../src/profile/past-samplings.js';
import { createLocator } from '../../../src/profile/place.js';
import type { SamplingCause } from '../../../src/profile/raw-profile.js';
import { profileOf, samplesOf, type BuiltSample } from '../../profile/profile-builder.js';

const noon = Date.UTC(2026, 0, 2, 12);
const MiB = 2 ** 20;
const facts: LimitationFacts = {
  samplingIntervalBytes: MiB / 2,
  configuredIntervalBytes: MiB / 2,
  earlier: [],
  changes: [],
  agents: [],
  wantedSinceMs: noon,
};

/** Times are seconds after noon. */
function reading(startedAt: number, takenAt: number, epoch = 1): Reading {
  const takenAtMs = noon + takenAt * 1000;
  return {
    takenAtMs,
    startedAtMs: noon + startedAt * 1000,
    monotonicMs: takenAt * 1000,
    costMs: 1,
    liveBytes: 0,
    liveSamples: 0,
    mark: { takenAtMs, epoch, highestOrdinal: 0, cells: new Map() },
  };
}

/** Samplings that began, were last read, and were followed by the next one, at these seconds after noon. */
function samplings(
  ...built: { from: number; read: number; next: number; ended: SamplingCause; left?: BuiltSample[] }[]
) {
  const past = createPastSamplings();
  let cause: SamplingCause = 'start';
  for (const [epoch, { from, read, next, ended, left = [] }] of built.entries()) {
    const times = { epoch, startedAtMs: noon + from * 1000, takenAtMs: noon + read * 1000 };
    past.observe(liveStacks(profileOf(left, { ...times, cause })));
    cause = ended;
    const nextAtMs = noon + next * 1000;
    const first = { epoch: epoch + 1, startedAtMs: nextAtMs, takenAtMs: nextAtMs, cause };
    past.observe(liveStacks(profileOf([], first)));
  }
  return past.list;
}

t.test('a sampling of an hour has nothing to say, a young one says its age', async (t) => {
  t.same(profileLimitations(facts, reading(0, 3600), undefined), []);
  t.same(profileLimitations(facts, reading(0, 2), undefined), [
    {
      part: 'before',
      because: 'the sampling began 2.0 s ago, at 2026-01-02T12:00:00.000Z: earlier allocations are not known',
    },
  ]);
  const [late, ...others] = profileLimitations(facts, reading(90, 3600), undefined);
  t.same(others, []);
  t.match(late, {
    part: 'before',
    because: /58 min 30 s ago.*another profiler held the sampler of V8 before/,
  });
});

/** After a sampling that was last read four minutes after noon. */
function limitationsAfter(ended: SamplingCause, next: number, agents: string[] = []): string[] {
  return profileLimitations(
    { ...facts, agents, earlier: samplings({ from: 0, read: 240, next, ended }) },
    reading(next, 3600),
    undefined,
  ).map(({ part, because }) => `${part}: ${because}`);
}

t.test('each restart of the sampling has its reason, and what was lost', async (t) => {
  const read = '2026-01-02T12:04:00.000Z';
  t.match(limitationsAfter('window', 240.5), [
    new RegExp(`^before: .*a retention window.*at ${read} is in earlier`),
  ]);
  t.match(limitationsAfter('window', 242), [
    /^before/,
    `gap: allocations between ${read} and 2026-01-02T12:04:02.000Z are missing: a retention window needed the sampler of V8`,
  ]);
  t.match(limitationsAfter('interval', 242), [/the sampling interval was changed/, /^gap/]);
  t.match(limitationsAfter('interruption', 300), [
    /another inspector session ended the sampling/,
    `gap: another inspector session ended the sampling between ${read} and 2026-01-02T12:05:00.000Z: some allocations of that time are missing`,
  ]);
  t.match(
    limitationsAfter('interruption', 300, ['@datadog/pprof'])[1],
    /sampling \(possibly @datadog\/pprof\) between/,
  );
});

t.test('a restart between two readings is a limitation', async (t) => {
  t.same(profileLimitations(facts, reading(0, 3600), reading(0, 3570)), []);
  t.match(profileLimitations(facts, reading(3590, 3600, 2), reading(0, 3570, 1)).at(-1), {
    part: 'gap',
    because: /restarted at 2026-01-02T12:59:50.000Z, between the two readings/,
  });
});

function limitationOf(more: Partial<LimitationFacts>): unknown {
  return profileLimitations({ ...facts, ...more }, reading(0, 3600), undefined)[0];
}

t.test('an interval other than the configured one has its reason', async (t) => {
  const change = {
    atMs: noon,
    fromBytes: MiB / 2,
    toBytes: 2 * MiB,
    allocatedBytesPerSecond: 700 * MiB,
    samplesPerSecond: 1400,
    mostSamplesPerSecond: 333.3,
  };
  t.same(limitationOf({ samplingIntervalBytes: 2 * MiB, changes: [change] }), {
    part: 'interval',
    because:
      'the sampling interval is 2.00 MiB since 2026-01-02T12:00:00.000Z instead of the configured 512.0 KiB: 700.0 MiB/s were allocated, which took 1,400 samples a second; 333 cost 0.5 % of a core',
  });
  const finer = { ...change, fromBytes: 2 * MiB, toBytes: MiB };
  t.match(limitationOf({ samplingIntervalBytes: MiB, changes: [change, finer] }), {
    because: /finer step by step/,
  });
  const back = { ...change, fromBytes: MiB, toBytes: MiB / 2 };
  t.equal(limitationOf({ changes: [change, finer, back] }), undefined);
  t.match(limitationOf({ samplingIntervalBytes: 4096 }), { because: /another instance of Tidemark/ });
});

t.test('what was alive earlier is summed by site, with the newest time it was seen', async (t) => {
  const locate = createLocator(undefined, '/app');
  t.equal(buildEarlier([], locate), undefined);
  const earlier = buildEarlier(
    samplings(
      {
        from: 0,
        read: 240,
        next: 241,
        ended: 'window',
        left: [
          ...samplesOf('boot@a.js:1 > load@b.js:7', 5, 1),
          ...samplesOf('start@a.js:9 > load@b.js:7', 2, 11),
        ],
      },
      { from: 241, read: 300, next: 301, ended: 'interruption', left: samplesOf('boot@a.js:1', 3, 1) },
    ),
    locate,
  );
  t.match(earlier, {
    since: '2026-01-02T12:00:00.000Z',
    takenAt: '2026-01-02T12:05:00.000Z',
    liveBytes: 10 * 1024,
    liveSamples: 10,
    sites: [
      {
        function: 'load',
        file: 'b.js',
        line: 7,
        kind: 'application',
        liveBytes: 7 * 1024,
        liveSamples: 7,
        takenAt: '2026-01-02T12:04:00.000Z',
        stack: ['load (b.js:7:9)', 'boot (a.js:1:9)'],
      },
      { function: 'boot', liveBytes: 3 * 1024, takenAt: '2026-01-02T12:05:00.000Z' },
    ],
    samplings: [
      { since: '2026-01-02T12:00:00.000Z', takenAt: '2026-01-02T12:04:00.000Z', endedBy: 'window', runs: 1 },
      { endedBy: 'interruption', liveBytes: 3 * 1024 },
    ],
  });
});
