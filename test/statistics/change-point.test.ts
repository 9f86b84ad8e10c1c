import t from 'tap';
import { changePoint } from '../../src/statistics/change-point.js';
import { leastSquares } from '../../src/statistics/least-squares.js';
import { agrees, createNormal, series, shuffled, steps } from './series.js';

/** Rises by 10 a step for 20 steps, then by 1. */
const warmUp = (i: number): number => (i < 20 ? 10 * i : 200 + (i - 20));

t.test('the least-squares line of a worked example', async (t) => {
  // Means 3 and 4; Sxy 6, Sxx 10, Syy 6: slope 0.6, intercept 2.2, residuals 6 − 0.6 · 6 = 2.4.
  const fit = leastSquares([1, 2, 3, 4, 5], [2, 4, 5, 4, 5]);
  if (fit.kind !== 'line') return t.fail('insufficient');
  t.ok(agrees(fit.slope, 0.6));
  t.ok(agrees(fit.intercept, 2.2));
  t.ok(agrees(fit.residualSumOfSquares, 2.4));
  t.equal(fit.totalSumOfSquares, 6);
  t.same(leastSquares([1], [1]), { kind: 'insufficient', n: 1 });
  t.same(leastSquares([2, 2], [1, 5]), { kind: 'insufficient', n: 2 });
});

t.test('the end of a warm-up is found to the point', async (t) => {
  const change = changePoint(steps(60), series(60, warmUp));
  if (change.kind !== 'change') return t.fail(change.kind);
  t.equal(change.index, 20);
  t.equal(change.x, 20);
  t.ok(agrees(change.before.slope, 10));
  t.ok(agrees(change.after.slope, 1));
  t.ok(agrees(change.after.intercept, 180));
});

t.test('noise moves it by a point or two; a step in level counts as well', async (t) => {
  const normal = createNormal(23);
  const bent = changePoint(
    steps(60),
    series(60, (i) => warmUp(i) + 6 * normal()),
  );
  t.ok(bent.kind === 'change' && Math.abs(bent.index - 20) <= 3);
  const step = changePoint(
    steps(60),
    series(60, (i) => (i < 35 ? 0 : 50) + 3 * normal()),
  );
  t.ok(step.kind === 'change' && step.index === 35);
});

t.test('a straight noisy series is not cut', async (t) => {
  const normal = createNormal(29);
  let cuts = 0;
  for (let run = 0; run < 100; run++) {
    const change = changePoint(
      steps(50),
      series(50, (i) => 2 * i + 5 * normal()),
    );
    if (change.kind === 'change') cuts++;
  }
  t.ok(cuts <= 3, `${cuts} of 100`);
});

t.test('a perfect line is not cut, though rounding leaves residuals', async (t) => {
  const line = changePoint(
    series(40, (i) => 1_790_000_000_000 + i),
    series(40, (i) => 1e9 + 0.1 * i),
  );
  t.equal(line.kind, 'none');
  t.ok(line.kind === 'none' && agrees(line.line.slope, 0.1, 6));
});

t.test('order does not matter; scale and shift carry over', async (t) => {
  const normal = createNormal(37);
  const y = series(60, (i) => warmUp(i) + 2 * normal());
  const plain = changePoint(steps(60), y);
  const order = shuffled(60, 38);
  t.same(
    changePoint(
      order,
      order.map((i) => y[i]!),
    ),
    plain,
  );
  const moved = changePoint(
    series(60, (i) => 1e6 + 1000 * i),
    y.map((v) => 1e8 + 4096 * v),
  );
  if (plain.kind !== 'change' || moved.kind !== 'change') return t.fail('no change');
  t.equal(moved.index, plain.index);
  t.ok(agrees(moved.after.slope, plain.after.slope * 4.096, 8));
  t.ok(agrees(moved.bicGain, plain.bicGain, 6));
});

t.test('the thresholds are the caller’s', async (t) => {
  const y = series(60, warmUp);
  t.equal(changePoint(steps(60), y, { minBicGain: 1e6 }).kind, 'none');
  const late = changePoint(steps(60), y, { minSegment: 25 });
  t.ok(late.kind === 'change' && late.index >= 25);
  const early = changePoint(steps(6), [0, 1, 2, 50, 51, 52], { minSegment: NaN, minBicGain: 3 });
  t.ok(early.kind === 'change' && early.index === 3, 'a segment that is no number is the least');
});

t.test('short, level and broken input', async (t) => {
  t.same(changePoint(steps(9), steps(9)), { kind: 'insufficient', n: 9 });
  t.same(
    changePoint(
      series(20, () => 1),
      steps(20),
    ),
    { kind: 'insufficient', n: 20 },
  );
  t.equal(
    changePoint(
      steps(20),
      series(20, () => 3),
    ).kind,
    'none',
  );
  const twoTimes = changePoint(
    series(20, (i) => (i < 10 ? 0 : 1)),
    series(20, (i) => i % 3),
  );
  t.match(twoTimes, { kind: 'none', bicGain: 0 }, 'no line through one x');
});
