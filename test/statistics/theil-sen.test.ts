import t from 'tap';
import { theilSen, type TheilSenSlope } from '../../src/statistics/theil-sen.js';
import { sortPairs, thinPairs } from '../../src/statistics/thin.js';
import { agrees, createNormal, series, shuffled, steps } from './series.js';

function slopeOf(...args: Parameters<typeof theilSen>): TheilSenSlope {
  const fit = theilSen(...args);
  if (fit.kind !== 'slope') throw new Error(`insufficient: ${fit.n}`);
  return fit;
}

t.test("Sen's own example (1968, table 1)", async (t) => {
  const fit = slopeOf([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]);
  t.match(fit, { slope: 4, intercept: 6, n: 7 });
  // His 93 % interval is 26/7 to 4.375.
  t.ok(fit.low <= 26 / 7 && fit.high >= 4.375);
});

t.test('slope and interval agree with SciPy 1.17, with an outlier and with repeated x', async (t) => {
  const outlier = slopeOf(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [2.1, 3.9, 6.2, 8.1, 9.8, 12.3, 13.9, 16.2, 30, 20.1],
  );
  t.ok(agrees(outlier.slope, 2.025));
  t.ok(agrees(outlier.low, 1.95));
  t.ok(agrees(outlier.high, 2.1333333333333333));
  const repeated = slopeOf([1, 1, 2, 2, 3, 4, 5, 5], [1, 2, 2.5, 3.7, 4.1, 5.3, 7.9, 6.2]);
  t.ok(agrees(repeated.slope, 1.4));
  t.ok(agrees(repeated.low, 0.9));
  t.ok(agrees(repeated.high, 1.725));
});

t.test('too few points, or none apart in x, are insufficient and not an error', async (t) => {
  t.same(theilSen([], []), { kind: 'insufficient', n: 0 });
  t.same(theilSen([1, 2], [1, 2]), { kind: 'insufficient', n: 2 });
  t.same(theilSen([1, 2, NaN, 4], [1, Infinity, 3, 4]), { kind: 'insufficient', n: 2 });
  t.same(theilSen([5, 5, 5, 5], [1, 2, 3, 4]), { kind: 'insufficient', n: 4 });
});

t.test('under five points the interval is all slopes there are', async (t) => {
  t.match(slopeOf([0, 1, 2], [0, 1, 5]), { slope: 2.5, low: 1, high: 4 });
});

t.test('a level series has slope and interval 0', async (t) => {
  t.match(slopeOf([1, 2, 3, 4], [7, 7, 7, 7]), { slope: 0, low: 0, high: 0, intercept: 7 });
});

t.test('a wider interval for correlated residuals', async (t) => {
  const normal = createNormal(3);
  const y = series(40, (i) => i + 4 * normal());
  const width = (options: Parameters<typeof theilSen>[2]): number => {
    const { low, high } = slopeOf(steps(40), y, options);
    return high - low;
  };
  t.ok(width({ varianceFactor: 4 }) > 1.5 * width({}));
  t.equal(width({ varianceFactor: 0.1 }), width({}), 'a factor below 1 counts as 1');
  t.equal(width({ varianceFactor: NaN }), width({}));
});

t.test('order does not matter; scale and shift carry over', async (t) => {
  const normal = createNormal(5);
  const x = series(60, (i) => i * 3 + normal());
  const y = series(60, (i) => i * 7 + 9 * normal());
  const fit = slopeOf(x, y);
  const order = shuffled(60, 8);
  const mixed = slopeOf(
    order.map((i) => x[i]!),
    order.map((i) => y[i]!),
  );
  t.match(mixed, { slope: fit.slope, low: fit.low, high: fit.high });
  const moved = slopeOf(
    x.map((v) => v / 4 + 100),
    y.map((v) => v * 2 - 50),
  );
  for (const end of ['slope', 'low', 'high'] as const) t.ok(agrees(moved[end], fit[end] * 8, 9));
  const turned = slopeOf(
    x,
    y.map((v) => -v),
  );
  t.ok(agrees(turned.low, -fit.high));
});

t.test('the 95 % interval holds the slope in about 95 of 100 series', async (t) => {
  const normal = createNormal(21);
  const covered = Array.from({ length: 300 }, () => {
    const { low, high } = slopeOf(
      steps(24),
      series(24, (i) => 3 * i + 5 * normal()),
    );
    return low <= 3 && 3 <= high;
  }).filter(Boolean).length;
  t.ok(covered >= 273 && covered <= 296, `${covered} of 300`);
});

t.test('thousands of points cost no more than 256, and keep the slope', async (t) => {
  const normal = createNormal(4);
  const x = series(5000, (i) => (i * 2999) % 5000);
  const fit = slopeOf(
    x,
    x.map((v) => 1000 + 2 * v + 300 * normal()),
  );
  t.equal(fit.n, 5000);
  t.ok(Math.abs(fit.slope - 2) < 0.02);
  t.ok(fit.low < 2 && 2 < fit.high && fit.high - fit.low < 0.1);
});

t.test('thinning makes blocks of equal count in order of x', async (t) => {
  const x = Float64Array.of(6, 5, 4, 3, 2, 1, 0);
  const y = x.map((v) => v * 10);
  const thin = thinPairs({ x, y }, 3);
  t.same([...thin.x], [0.5, 2.5, 5], 'blocks 0 1, 2 3 and 4 5 6');
  t.same([...thin.y], [5, 25, 50]);
  t.equal(sortPairs(thin).x, thin.x, 'what is in order is not copied');
});
