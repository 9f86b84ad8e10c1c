import t from 'tap';
import {
  effectiveSampleSize,
  lagOneCorrelation,
  type EffectiveSampleSize,
} from '../../src/statistics/serial-correlation.js';
import { agrees, createNormal, series } from './series.js';

t.test('the first yields of the batch process of Box and Jenkins (series F)', async (t) => {
  const yields = [
    47, 64, 23, 71, 38, 64, 55, 41, 59, 48, 71, 35, 57, 40, 58, 44, 80, 55, 37, 74, 51, 57, 50, 60, 45, 57,
    50, 45, 25, 59,
  ];
  t.ok(agrees(lagOneCorrelation(yields), -0.5283514832895231));
});

t.test('by hand: 1 2 3 4 has r₁ = 1/4', async (t) => {
  // Centred −1.5 −0.5 0.5 1.5: Σ = 5, lag one 0.75 − 0.25 + 0.75 = 1.25.
  t.equal(lagOneCorrelation([1, 2, 3, 4]), 0.25);
});

t.test('scale and shift do not matter; constant, short and broken input', async (t) => {
  const y = [3, 1, 4, 1, 5, 9, 2, 6];
  t.equal(lagOneCorrelation(y.map((v) => 4 * v - 8)), lagOneCorrelation(y));
  t.equal(lagOneCorrelation([7, 7, 7]), 0);
  t.equal(lagOneCorrelation([1, NaN, 2, 3, 4]), 0.25);
  t.ok(Number.isNaN(lagOneCorrelation([1, NaN])));
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
