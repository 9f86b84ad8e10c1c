import t from 'tap';
import {
  differenceInterval,
  poissonDifferenceInterval,
  poissonInterval,
  sampledBytesInterval,
  sampledGrowthInterval,
} from '../../src/statistics/poisson.js';
import { createRandom } from '../../src/statistics/random.js';
import { agrees } from './series.js';

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

t.test('more confidence is wider; what is no count is 0 and no confidence 95 %', async (t) => {
  t.ok(poissonInterval(10, 0.99).high > poissonInterval(10).high);
  t.ok(poissonInterval(10, 0.99).low < poissonInterval(10).low);
  for (const count of [-3, NaN, Infinity]) t.same(poissonInterval(count), poissonInterval(0));
  for (const confidence of [0, 1, NaN]) t.same(poissonInterval(5, confidence), poissonInterval(5));
});

t.test('a difference of large counts has the normal interval, of none a bound', async (t) => {
  const { value, low, high } = poissonDifferenceInterval(10_000, 12_000);
  const half = 1.96 * Math.sqrt(22_000);
  t.equal(value, 2000);
  t.ok(Math.abs((high - value) / half - 1) < 0.02);
  t.ok(Math.abs((value - low) / half - 1) < 0.02);
  const none = poissonDifferenceInterval(0, 0);
  t.equal(none.value, 0);
  t.ok(agrees(none.high, 3.6888794541139354));
  t.ok(agrees(none.low, -3.6888794541139354));
});

t.test('swapping what is compared turns the interval around', async (t) => {
  const forward = poissonDifferenceInterval(4, 19);
  const backward = poissonDifferenceInterval(19, 4);
  t.ok(agrees(forward.low, -backward.high));
  t.ok(agrees(forward.high, -backward.low));
  t.ok(forward.low > 0, '4 against 19 is a rise');
  t.ok(poissonDifferenceInterval(4, 9).low < 0, '4 against 9 is not');
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
        const { low, high } = poissonDifferenceInterval(poisson(random, before), poisson(random, after));
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
  t.ok(
    agrees(sampledBytesInterval(0, 0, { samplingIntervalBytes: 65_536 }).high, 3.6888794541139354 * 65_536),
  );
});

t.test('growth of a site between two readings', async (t) => {
  const options = { samplingIntervalBytes: 65_536, confidence: 0.95 };
  const grown = sampledGrowthInterval(
    { samples: 2, bytes: 131_072 },
    { samples: 40, bytes: 2_621_440 },
    options,
  );
  t.equal(grown.value, 2_490_368);
  t.ok(grown.low > 1_500_000 && grown.high < 3_500_000);
  const appeared = sampledGrowthInterval({ samples: 0, bytes: 0 }, { samples: 1, bytes: 65_536 }, options);
  t.ok(appeared.low < 0 && appeared.high > 0, 'one new sample proves nothing');
  t.same(differenceInterval({ value: 1, low: 1, high: 1 }, { value: 3, low: 3, high: 3 }), {
    value: 2,
    low: 2,
    high: 2,
  });
});
