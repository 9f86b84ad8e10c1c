import t from 'tap';
import { comparePlateau, type PlateauComparison } from '../../src/statistics/exponential-plateau.js';
import { aicc } from '../../src/statistics/information-criterion.js';
import { agrees, createNormal, series, steps } from './series.js';

function compare(x: ArrayLike<number>, y: ArrayLike<number>): PlateauComparison {
  const comparison = comparePlateau(x, y);
  if (comparison.kind !== 'comparison') throw new Error(`insufficient: ${comparison.n}`);
  return comparison;
}

/** 10 + 50 (1 − e^(−t/6)) with fixed disturbances; the fit beside it is SciPy's `curve_fit`, NumPy's `polyfit`. */
const FILLING = [
  10.5, 17.28, 24.47, 29.07, 34.53, 38.37, 41.31, 44.83, 46.62, 49.44, 50.06, 52.21, 53.53, 54.17, 54.75,
  56.4, 56.33, 57.16, 57.81, 57.59,
];

t.test('parameters, residuals and criteria agree with SciPy 1.17', async (t) => {
  const { linear, saturating, saturatingWeight } = compare(steps(20), FILLING);
  t.ok(agrees(saturating.start, 10.123498094521844, 6));
  t.ok(agrees(saturating.amplitude, 49.985035100250926, 6));
  t.ok(agrees(saturating.tau, 6.042326689805459, 6));
  t.ok(agrees(saturating.residualSumOfSquares, 2.5470036178263573, 9));
  t.ok(agrees(saturating.aicc, -30.54962647595644, 9));
  t.ok(agrees(linear.slope, 2.23109022556391));
  t.ok(agrees(linear.start, 23.126142857142852));
  t.ok(agrees(linear.residualSumOfSquares, 562.3336645864663));
  t.ok(agrees(linear.aicc, 74.22726218785384));
  t.ok(saturatingWeight > 0.999);
});

t.test('what remains is told with an interval that holds the truth', async (t) => {
  const { remaining, plateau, openEnded } = compare(steps(20), FILLING).saturating;
  const truth = 50 * Math.exp(-19 / 6);
  t.ok(remaining.low < truth && truth < remaining.high);
  t.ok(remaining.low < remaining.value && remaining.value < remaining.high);
  t.ok(Math.abs(plateau - 60) < 0.5);
  t.notOk(openEnded);
});

t.test('a straight leak looks straight, and nobody can say where it ends', async (t) => {
  const normal = createNormal(14);
  let wrong = 0;
  for (let run = 0; run < 60; run++) {
    const { saturating, saturatingWeight } = compare(
      steps(40),
      series(40, (i) => 1000 + 30 * i + 40 * normal()),
    );
    if (saturatingWeight > 0.9 || !saturating.openEnded) wrong++;
  }
  t.ok(wrong <= 4, `${wrong} of 60`);
});

t.test('a perfect line is a line, a perfect plateau a plateau', async (t) => {
  const line = compare(
    steps(12),
    series(12, (i) => 5 + 2 * i),
  );
  t.ok(line.saturatingWeight < 0.5);
  t.ok(line.saturating.openEnded);
  const filled = compare(
    steps(30),
    series(30, (i) => -3 * Math.expm1(-i / 4)),
  );
  t.ok(agrees(filled.saturating.tau, 4, 5));
  t.ok(agrees(filled.saturating.plateau, 3, 5));
  t.ok(filled.saturatingWeight > 0.999);
});

t.test('a fall to a floor has a negative amplitude', async (t) => {
  const { saturating } = compare(
    steps(20),
    FILLING.map((v) => -v),
  );
  t.ok(agrees(saturating.amplitude, -49.985035100250926, 6));
  t.ok(saturating.remaining.high < 0);
});

t.test('units do not matter: bytes and epoch milliseconds give the same answer', async (t) => {
  const plain = compare(steps(20), FILLING);
  const scaled = compare(
    series(20, (i) => 1_790_000_000_000 + 60_000 * i),
    FILLING.map((v) => 2e9 + 1e6 * v),
  );
  t.ok(agrees(scaled.saturating.tau, plain.saturating.tau * 60_000, 5));
  t.ok(agrees(scaled.saturating.remaining.high, plain.saturating.remaining.high * 1e6, 4));
  t.ok(agrees(scaled.linear.slope, (plain.linear.slope * 1e6) / 60_000, 8));
});

t.test('thousands of points in any order are thinned, and nothing is lost', async (t) => {
  const normal = createNormal(18);
  const x = series(3600, (i) => (i * 1777) % 3600);
  const { n, saturating } = compare(
    x,
    x.map((v) => 80 - 60 * Math.exp(-v / 900) + normal()),
  );
  t.equal(n, 3600);
  t.ok(Math.abs(saturating.tau / 900 - 1) < 0.05);
  t.ok(Math.abs(saturating.plateau - 80) < 1);
});

t.test('short, level and broken input', async (t) => {
  t.same(comparePlateau(steps(7), steps(7)), { kind: 'insufficient', n: 7 });
  t.same(
    comparePlateau(
      series(9, () => 4),
      steps(9),
    ),
    { kind: 'insufficient', n: 9 },
  );
  const level = compare(
    steps(10),
    series(10, () => 5),
  );
  for (const value of [
    level.saturatingWeight,
    level.linear.aicc,
    level.saturating.aicc,
    level.saturating.plateau,
  ]) {
    t.ok(Number.isFinite(value));
  }
  t.ok(level.saturatingWeight < 0.5);
  t.equal(aicc(1, 5, 4), Infinity);
});
