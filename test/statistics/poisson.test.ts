import t from 'tap';
import { differenceInterval, poissonInterval, sampledBytesInterval } from '../../src/statistics/poisson.js';
import { createRandom } from '../../src/statistics/random.js';
import { agrees } from './series.js';

const grown = (before: number, after: number) =>
  differenceInterval(poissonInterval(before), poissonInterval(after));

const sampled = (samples: number) => sampledBytesInterval(samples, samples * 65_536, 65_536);
const exact = (bytes: number) => ({ value: bytes, low: bytes, high: bytes });

/** A Poisson count by Knuth's multiplication. */
function poisson(random: () => number, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

t.test("Garwood's limits (1936), as half the χ² quantiles of SciPy 1.17", async (t) => {
  const table = [
    [0, 0, 3.6888794541139354],
    [1, 0.025317807984289876, 5.571643390938898],
    [3, 0.6186721228956014, 8.767273069742323],
    [10, 4.7953886961324335, 18.39035604201778],
    [100, 81.36399125092314, 121.62679379242638],
    [1000, 938.9730184076952, 1063.952136016302],
  ] as const;
  for (const [count, low, high] of table) {
    const interval = poissonInterval(count);
    t.equal(interval.value, count);
    t.ok(Math.abs(interval.low - low) <= 1e-10 * high);
    t.ok(agrees(interval.high, high));
  }
  const million = poissonInterval(1e6);
  t.ok(agrees(million.low, 998040.9833402939, 9));
  t.ok(agrees(million.high, 1001961.9119454322, 9));
});

t.test('what is no count is 0', async (t) => {
  for (const count of [-3, NaN, Infinity]) t.same(poissonInterval(count), poissonInterval(0));
});

t.test('a difference of large counts has the normal interval, of none a bound', async (t) => {
  const { value, low, high } = grown(10_000, 12_000);
  const half = 1.96 * Math.sqrt(22_000);
  t.equal(value, 2000);
  t.ok(Math.abs((high - value) / half - 1) < 0.02);
  t.ok(Math.abs((value - low) / half - 1) < 0.02);
  const none = grown(0, 0);
  t.equal(none.value, 0);
  t.ok(agrees(none.high, 3.6888794541139354));
  t.ok(agrees(none.low, -3.6888794541139354));
});

t.test('swapping what is compared turns the interval around', async (t) => {
  const forward = grown(4, 19);
  const backward = grown(19, 4);
  t.ok(agrees(forward.low, -backward.high));
  t.ok(agrees(forward.high, -backward.low));
  t.ok(forward.low > 0, '4 against 19 is a rise');
  t.ok(grown(4, 9).low < 0, '4 against 9 is not');
});

t.test(
  'the difference interval holds the truth at least 93 of 100 times, also for small means',
  async (t) => {
    const random = createRandom(71);
    for (const [before, after] of [
      [1, 3],
      [2, 2],
      [10, 25],
    ] as const) {
      let covered = 0;
      for (let run = 0; run < 600; run++) {
        const { low, high } = grown(poisson(random, before), poisson(random, after));
        if (low <= after - before && after - before <= high) covered++;
      }
      t.ok(covered >= 558, `${before}, ${after}: ${covered} of 600`);
    }
  },
);

t.test('sampled bytes carry the interval of their samples', async (t) => {
  const { value, low, high } = sampledBytesInterval(10, 640_000);
  t.equal(value, 640_000);
  t.ok(agrees(low, 4.7953886961324335 * 64_000));
  t.ok(agrees(high, 18.39035604201778 * 64_000));
  t.same(sampledBytesInterval(0, 0), { value: 0, low: 0, high: 0 });
  t.same(
    sampledBytesInterval(0, 5000),
    { value: 0, low: 0, high: 0 },
    'bytes without a sample are not known',
  );
  t.ok(agrees(sampledBytesInterval(0, 0, 65_536).high, 3.6888794541139354 * 65_536));
});

t.test('the growth of a site between two readings', async (t) => {
  const { value, low, high } = differenceInterval(sampled(2), sampled(40));
  t.equal(value, 2_490_368);
  t.ok(low > 1_500_000 && high < 3_500_000);
  const appeared = differenceInterval(sampled(0), sampled(1));
  t.ok(appeared.low < 0 && appeared.high > 0, 'one new sample proves nothing');
  t.same(differenceInterval(exact(1), exact(3)), exact(2));
});
