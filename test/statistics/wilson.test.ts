import t from 'tap';
import { createRandom } from '../../src/statistics/random.js';
import { wilsonInterval } from '../../src/statistics/wilson.js';

t.test('the interval is that of the literature', async (t) => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  for (const [successes, trials, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const interval = wilsonInterval(successes, trials);
    t.equal(interval.value, successes / trials);
    t.ok(Math.abs(interval.low - low) < 1e-4 && Math.abs(interval.high - high) < 1e-4, interval);
  }
});

t.test('it never leaves 0 to 1, and nothing seen leaves everything possible', async (t) => {
  t.match(wilsonInterval(7, 7), { value: 1, high: 1 });
  t.match(wilsonInterval(9, 7), { value: 1, high: 1 }, 'more than all is all');
  t.same(wilsonInterval(0, 0), { value: 0, low: 0, high: 1 });
  const random = createRandom(11);
  let covered = 0;
  for (let run = 0; run < 1_000; run += 1) {
    let successes = 0;
    for (let i = 0; i < 30; i += 1) successes += random() < 0.9 ? 1 : 0;
    const { low, high } = wilsonInterval(successes, 30);
    covered += low <= 0.9 && 0.9 <= high ? 1 : 0;
  }
  t.ok(covered > 920, `${covered} of 1,000 have the true share`);
});
