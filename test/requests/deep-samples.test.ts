import t from 'tap';
import { createDeepSampler, readDeep, type DeepReading } from '../../src/requests/deep-samples.js';
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
  sampler.begin(3);
  clock.advance(40);
  reading = { ...zero, heapUsedBytes: 160, externalBytes: 7, rssBytes: 900 };
  sampler.end(3, 5, 201);
  sampler.end(3, 5, 500);
  sampler.end(4, 5, 200);
  t.same(sampler.samples(), [
    {
      row: 5,
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
  sampler.begin(1);
  sampler.end(1, 2, 200);
  reading.now = zero;
  sampler.begin(1);
  reading.now = undefined;
  sampler.end(1, 2, 200);
  t.match(sampler, { taken: 0 });
  t.same(sampler.samples(), []);
});

t.test('the share of sampled requests is the probability, and their gaps are irregular', async (t) => {
  const random = createRandom(20);
  const clock = scriptedClock();
  const options = { probability: 0.05, perSecond: Infinity, read: () => zero, clock, random };
  const sampler = createDeepSampler({ ...options, keep: 10_000 });
  const requests = 40_000;
  for (let i = 0; i < requests; i += 1) {
    sampler.begin(0);
    sampler.end(0, i, 200);
  }
  // Four standard deviations of a binomial count: 4 × √(n p (1 − p)) = 174.
  t.ok(Math.abs(sampler.taken - 0.05 * requests) < 174, `${sampler.taken} of ${requests}`);
  const at = sampler
    .samples()
    .map(({ row }) => row)
    .toReversed();
  const gaps = at.slice(1).map((row, i) => row - at[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  t.ok(Math.abs(deviation / mean - 1) < 0.1, `geometric: deviation ${deviation} near the mean ${mean}`);
  t.equal(Math.min(...gaps), 1, 'neighbours may both be sampled');
});

t.test('a sample that is dropped is not counted for whoever gets its record', async (t) => {
  const options = { probability: 0.5, read: () => zero, clock: scriptedClock() };
  const gaps = [0.1, 0.9];
  const sampler = createDeepSampler({ ...options, random: () => gaps.shift() ?? 0.9 });
  sampler.begin(0);
  sampler.drop(0);
  sampler.begin(0);
  sampler.end(0, 1, 200);
  t.equal(sampler.taken, 0);
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
    sampler.begin(i);
    sampler.end(i, i, 200);
  }
  t.same(
    sampler.samples().map(({ row }) => row),
    [4, 3, 2],
  );
  t.equal(sampler.taken, 5);
});

t.test('this process can be read', async (t) => {
  const reading = readDeep();
  t.same(Object.keys(reading).toSorted(), Object.keys(zero).toSorted());
  t.ok(reading.heapUsedBytes > 1e6 && reading.oldSpaceUsedBytes > 1e6 && reading.rssBytes > 1e7);
});
