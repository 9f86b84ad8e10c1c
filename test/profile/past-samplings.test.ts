import t from 'tap';
import { liveStacks } from '../../src/profile/live-stacks.js';
import { createPastSamplings, MAX_PAST_SAMPLINGS } from '../../src/profile/past-samplings.js';
import type { RawProfile } from '../../src/profile/raw-profile.js';
import { profileOf, samplesOf, type BuiltSample } from './profile-builder.js';

/** A run of sampling that begins a second before it is read; runs are 10 s apart. */
function reading(epoch: number, samples: readonly BuiltSample[], extra: Partial<RawProfile> = {}) {
  const startedAtMs = epoch * 10_000;
  const times = { epoch, startedAtMs, takenAtMs: startedAtMs + 1000 };
  return liveStacks(profileOf(samples, { ...times, cause: 'window', ...extra }));
}

t.test('a run of sampling is over when a reading comes from another one', async (t) => {
  const past = createPastSamplings();
  past.observe(reading(1, samplesOf('boot@a.js:1', 9, 1), { takenAtMs: 11_000 }));
  past.observe(reading(1, samplesOf('boot@a.js:1', 2, 1), { takenAtMs: 12_000 }));
  t.same(past.list, [], 'nothing is over while it goes on');
  past.observe(reading(2, [], { cause: 'interruption' }));
  t.match(past.list, [
    {
      startedAtMs: 10_000,
      takenAtMs: 12_000,
      nextAtMs: 21_000,
      ended: 'interruption',
      liveBytes: 2048,
      liveSamples: 2,
      runs: 1,
      stacks: [{ stack: [{ functionName: 'boot' }], bytes: 2048, samples: 2, takenAtMs: 12_000 }],
    },
  ]);
});

t.test('the first knowledge outlives many windows: the oldest runs are merged', async (t) => {
  const past = createPastSamplings();
  past.observe(reading(1, samplesOf('boot@a.js:1', 5, 1)));
  for (let epoch = 2; epoch <= 12; epoch += 1) {
    past.observe(reading(epoch, [...samplesOf('boot@a.js:1', 1, 1), ...samplesOf('leak@b.js:2', 2, 2)]));
  }
  t.equal(past.list.length, MAX_PAST_SAMPLINGS);
  const [oldest, ...newer] = past.list;
  // Eleven runs have ended, the first of them and ten of the others.
  t.match(oldest, {
    startedAtMs: 10_000,
    takenAtMs: 81_000,
    nextAtMs: 90_000,
    runs: 8,
    liveBytes: 26 * 1024,
  });
  t.same(
    oldest?.stacks.map(({ stack, bytes, takenAtMs }) => [stack[0]?.functionName, bytes / 1024, takenAtMs]),
    [
      ['leak', 14, 81_000],
      ['boot', 12, 81_000],
    ],
  );
  t.same(
    newer.map(({ runs }) => runs),
    [1, 1, 1],
  );
  const frames = past.list.flatMap(({ stacks }) => stacks.flatMap(({ stack }) => stack));
  t.equal(new Set(frames).size, 2, 'a function is one object in all of them');
});

t.test('small stacks are summed beyond a bound, and no byte is lost', async (t) => {
  const past = createPastSamplings();
  const many = Array.from({ length: 1000 }, (_, index) => ({
    stack: `at${index}@a.js:${index + 1}`,
    bytes: 1000 + index,
    ordinal: index + 1,
  }));
  for (let epoch = 1; epoch <= 8; epoch += 1) past.observe(reading(epoch, many));
  for (const { stacks, liveBytes, liveSamples, runs } of past.list) {
    t.equal(stacks.length, 257);
    t.equal(stacks[0]?.stack[0]?.functionName, 'at999');
    t.same(stacks.at(-1)?.stack, []);
    t.equal(
      stacks.reduce((sum, { bytes }) => sum + bytes, 0),
      liveBytes,
    );
    t.equal(liveSamples, runs * 1000);
  }
});
