import t from 'tap';
import { autocorrelation } from '../../src/statistics/autocorrelation.js';
import { effectiveSampleSize, type EffectiveSampleSize } from '../../src/statistics/effective-sample-size.js';
import { agrees, createNormal, series } from './series.js';

t.test('the first yields of the batch process of Box and Jenkins (series F)', async (t) => {
  const yields = [
    47, 64, 23, 71, 38, 64, 55, 41, 59, 48, 71, 35, 57, 40, 58, 44, 80, 55, 37, 74, 51, 57, 50, 60, 45, 57,
    50, 45, 25, 59,
  ];
  const correlation = autocorrelation(yields, 3);
  if (correlation.kind !== 'autocorrelation') return t.fail('insufficient');
  const expected = [1, -0.5283514832895231, 0.2852046564025535, -0.17254975591438226];
  for (const [lag, value] of expected.entries()) t.ok(agrees(correlation.values[lag]!, value));
  t.equal(correlation.n, 30);
});

t.test('by hand: 1 2 3 4 has r₁ = 1/4', async (t) => {
  // Centred −1.5 −0.5 0.5 1.5: Σ = 5, lag one 0.75 − 0.25 + 0.75 = 1.25.
  t.match(autocorrelation([1, 2, 3, 4], 1), { values: Float64Array.of(1, 0.25) });
});

t.test('over all lags it sums to −½, whatever the series', async (t) => {
  const normal = createNormal(2);
  const correlation = autocorrelation(
    series(50, () => normal()),
    1000,
  );
  if (correlation.kind !== 'autocorrelation') return t.fail('insufficient');
  t.equal(correlation.values.length, 50);
  t.ok(
    agrees(
      correlation.values.slice(1).reduce((sum, r) => sum + r, 0),
      -0.5,
    ),
  );
});

t.test('scale and shift do not matter; constant, short and broken input', async (t) => {
  const y = [3, 1, 4, 1, 5, 9, 2, 6];
  const plain = autocorrelation(y, 2);
  const moved = autocorrelation(
    y.map((v) => 4 * v - 8),
    2,
  );
  t.same(plain, moved);
  t.match(autocorrelation([7, 7, 7], 2), { values: Float64Array.of(1, 0, 0) });
  t.match(autocorrelation([1, 2, 3], NaN), { values: Float64Array.of(1) });
  t.match(autocorrelation([1, 2, 3], -3), { values: Float64Array.of(1) });
  t.same(autocorrelation([1, NaN], 2), { kind: 'insufficient', n: 1 });
});

function sizeOf(...args: Parameters<typeof effectiveSampleSize>): EffectiveSampleSize {
  const size = effectiveSampleSize(...args);
  if (size.kind !== 'effective') throw new Error(`insufficient: ${size.n}`);
  return size;
}

t.test('the effective size is the sum it stands for', async (t) => {
  const normal = createNormal(31);
  let level = 0;
  const size = sizeOf(series(80, () => (level = 0.5 * level + normal())));
  let sum = 0;
  for (let k = 1; k < 80; k++) sum += (1 - k / 80) * size.rho ** k;
  t.ok(agrees(size.effective, 80 / (1 + 2 * sum)));
});

t.test('it finds the size of a long AR(1) series: n(1 − ρ)/(1 + ρ)', async (t) => {
  const normal = createNormal(33);
  let level = 0;
  const size = sizeOf(series(20_000, () => (level = 0.6 * level + normal())));
  t.ok(Math.abs(size.rho - 0.6) < 0.02);
  t.ok(Math.abs(size.effective / 5000 - 1) < 0.08);
});

t.test('a series is never worth more than itself nor less than one value', async (t) => {
  t.match(sizeOf([1, -1, 1, -1, 1, -1, 1, -1]), { effective: 8, rho: 0 });
  t.match(sizeOf([4, 4, 4, 4, 4, 4]), { effective: 6, rho: 0 });
  const drift = sizeOf(series(100, (i) => i));
  t.equal(drift.rho, 0.99);
  t.ok(drift.effective >= 1 && drift.effective < 3);
  t.same(effectiveSampleSize([1, 2, 3, 4, 5]), { kind: 'insufficient', n: 5 });
});

t.test('residuals of a line are worth less than residuals of a mean', async (t) => {
  const normal = createNormal(35);
  let level = 0;
  const y = series(30, () => (level = 0.4 * level + normal()));
  t.ok(sizeOf(y, { fitted: 2 }).effective < sizeOf(y).effective);
});
