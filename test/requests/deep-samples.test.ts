import t from 'tap';
import { createDeepSampler, type DeepReading } from '../../src/requests/deep-samples.js';
import { readDeep } from '../../src/requests/deep-reading.js';
import { createRandom } from '../../src/statistics/random.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const zero: DeepReading = {
  heapUsedBytes: 0,
  oldSpaceUsedBytes: 0,
  newSpaceUsedBytes: 0,
  externalBytes: 0,
  arrayBuffersBytes: 0,
  rssBytes: 0,
};

t.test('a sample holds the differences of all sizes, the time and the answer', async (t) => {
  const clock = scriptedClock();
  let reading: DeepReading | undefined = { ...zero, heapUsedBytes: 100, rssBytes: 1_000 };
  const sampler = createDeepSampler({ probability: 1, read: () => reading, clock, random: Math.random });
  sampler.begin(3, 5);
  clock.advance(40);
  reading = { ...zero, heapUsedBytes: 160, externalBytes: 7, rssBytes: 900 };
  sampler.end(3, 201);
  sampler.end(3, 500);
  sampler.end(4, 200);
  t.same(sampler.samples(), [
    {
      route: 5,
      at: clock.wall(),
      durationMs: 40,
      statusCode: 201,
      delta: { ...zero, heapUsedBytes: 60, externalBytes: 7, rssBytes: -100 },
    },
  ]);
  t.equal(sampler.taken, 1);
});

t.test('a reading that fails makes no sample, at either end', async (t) => {
  const reading: { now: DeepReading | undefined } = { now: undefined };
  const read = () => reading.now;
  const sampler = createDeepSampler({ probability: 1, read, clock: scriptedClock(), random: Math.random });
  sampler.begin(1, 2);
  sampler.end(1, 200);
  reading.now = zero;
  sampler.begin(1, 2);
  reading.now = undefined;
  sampler.end(1, 200);
  t.match(sampler, { taken: 0 });
  t.same(sampler.samples(), []);
});

t.test('the share of sampled requests is the probability, and their gaps are irregular', async (t) => {
  const random = createRandom(20);
  const clock = scriptedClock();
  const sampler = createDeepSampler({ probability: 0.05, read: () => zero, clock, random, keep: 10_000 });
  const requests = 40_000;
  for (let i = 0; i < requests; i += 1) {
    sampler.begin(0, i);
    sampler.end(0, 200);
  }
  // Four standard deviations of a binomial count: 4 × √(n p (1 − p)) = 174.
  t.ok(Math.abs(sampler.taken - 0.05 * requests) < 174, `${sampler.taken} of ${requests}`);
  const at = sampler
    .samples()
    .map(({ route }) => route)
    .toReversed();
  const gaps = at.slice(1).map((route, i) => route - at[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  t.ok(Math.abs(deviation / mean - 1) < 0.1, `geometric: deviation ${deviation} near the mean ${mean}`);
  t.equal(Math.min(...gaps), 1, 'neighbours may both be sampled');
});

t.test('only the newest samples are kept', async (t) => {
  const clock = scriptedClock();
  const sampler = createDeepSampler({
    probability: 1,
    read: () => zero,
    clock,
    random: Math.random,
    keep: 3,
  });
  for (let i = 0; i < 5; i += 1) {
    sampler.begin(i, i);
    sampler.end(i, 200);
  }
  t.same(
    sampler.samples().map(({ route }) => route),
    [4, 3, 2],
  );
  t.equal(sampler.taken, 5);
});

t.test('this process can be read', async (t) => {
  const reading = readDeep();
  t.same(Object.keys(reading).toSorted(), Object.keys(zero).toSorted());
  t.ok(reading.heapUsedBytes > 1e6 && reading.oldSpaceUsedBytes > 1e6 && reading.rssBytes > 1e7);
});
