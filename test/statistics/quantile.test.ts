import t from 'tap';
import { finitePairs } from '../../src/statistics/finite.js';
import { median, quantile, quantileOfSorted } from '../../src/statistics/quantile.js';
import { createNormal, series, shuffled } from './series.js';

t.test('type 7 quantiles of a worked example', async (t) => {
  // h = (n − 1)q: for q = 0.3 h = 1.2, so 20 + 0.2 · (35 − 20) = 23.
  const values = [50, 15, 40, 20, 35];
  t.equal(quantile(values, 0.05), 16);
  t.equal(quantile(values, 0.3), 23);
  t.equal(quantile(values, 0.4), 29);
  t.equal(quantile(values, 0.5), 35);
  t.equal(quantile(values, 0), 15);
  t.equal(quantile(values, 1), 50);
  t.same(values, [50, 15, 40, 20, 35], 'its argument is left alone');
});

t.test('what is not finite is left out, and a q outside 0 to 1 is its nearest end', async (t) => {
  t.equal(quantile([NaN, 3, Infinity, 1, -Infinity, 2], 0.5), 2);
  t.equal(quantile([1, 2, 3], -4), 1);
  t.equal(quantile([1, 2, 3], 4), 3);
  t.equal(quantile([7], 0.9), 7);
  t.ok(Number.isNaN(quantile([], 0.5)));
  t.ok(Number.isNaN(quantile([NaN], 0.5)));
  t.ok(Number.isNaN(quantileOfSorted([1, 2], NaN)));
});

t.test('quantiles rise with q, ignore order, and follow scale and shift', async (t) => {
  const normal = createNormal(11);
  const values = series(101, () => normal());
  const order = shuffled(101, 12);
  let previous = -Infinity;
  for (let q = 0; q <= 1; q += 0.05) {
    const value = quantile(values, q);
    t.ok(value >= previous);
    previous = value;
    t.equal(
      quantile(
        order.map((i) => values[i]!),
        q,
      ),
      value,
    );
    const moved = quantile(
      values.map((v) => 8 * v + 1),
      q,
    );
    t.ok(Math.abs(moved - (8 * value + 1)) < 1e-12);
  }
  t.equal(quantile(values, 0.5), median(values));
});

t.test('a pair counts only when both halves are finite, up to the shorter input', async (t) => {
  const pairs = finitePairs([1, NaN, 3, 4, 5], [10, 20, Infinity, 40]);
  t.same([...pairs.x], [1, 4]);
  t.same([...pairs.y], [10, 40]);
});

t.test('the median of an odd and of an even number of values', async (t) => {
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.ok(Number.isNaN(median([])));
});
