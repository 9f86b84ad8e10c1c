import t from 'tap';
import { kendallScore, kendallVariance, tieGroups } from '../../src/statistics/kendall.js';
import { mannKendall, type MannKendallTrend } from '../../src/statistics/mann-kendall.js';
import { ranks } from '../../src/statistics/ranks.js';
import { createRandom } from '../../src/statistics/random.js';
import { agrees, createNormal, series } from './series.js';

function trendOf(...args: Parameters<typeof mannKendall>): MannKendallTrend {
  const trend = mannKendall(...args);
  if (trend.kind !== 'trend') throw new Error(`insufficient: ${trend.n}`);
  return trend;
}

/** An AR(1) series with coefficient 0.7 and a small trend, made once; the figures beside it are from NumPy. */
const CORRELATED = [
  10, -12, -23, 5, 56, 3, 53, 89, 41, 17, 2, 35, 71, 86, 20, -28, -18, 18, 31, 4, -37, -9, -30, 31, 39, 34,
  83, 77, 98, 79, 63, 48, 81, 36, 75, 93, 96, 45, 30, 81,
];

t.test('S and its variance with ties, by hand', async (t) => {
  // Ties: 23 twice, 24 three times, 29 three times; (9·8·23 − 2·1·9 − 2 · 3·2·11) / 18 = 1506/18.
  const trend = trendOf([23, 24, 29, 6, 29, 24, 24, 29, 23]);
  t.equal(trend.s, 3);
  t.ok(agrees(trend.variance, 1506 / 18));
  t.ok(agrees(trend.z, 2 / Math.sqrt(1506 / 18)));
  t.ok(agrees(trend.p, 0.8269210217567053));
});

t.test('p agrees with SciPy 1.17: normal for long series, exact for short ones without ties', async (t) => {
  t.match(trendOf(CORRELATED), { s: 242, n: 40, varianceFactor: 1 });
  t.ok(agrees(trendOf(CORRELATED).p, 0.004980681247971652));
  t.ok(agrees(trendOf([1, 2, 3, 5, 4]).p, 0.08333333333333333));
  t.ok(agrees(trendOf([3, 1, 2, 5, 4, 8, 6, 7]).p, 0.03115079365079365));
  t.equal(trendOf([1, 2, 3]).p, 1 / 3, 'two of six orders are as steady');
  t.equal(trendOf([2, 4, 1, 3]).p, 1);
});

t.test('an oscillation is no evidence: the correction makes no variance smaller', async (t) => {
  const saw = series(40, (i) => (i % 2) * 100 + i);
  t.equal(trendOf(saw, { correction: 'yue-wang' }).varianceFactor, 1);
});

t.test('under strong correlation the correction keeps to its 5 %', async (t) => {
  const normal = createNormal(17);
  const rejected = { none: 0, 'yue-wang': 0 };
  for (let run = 0; run < 200; run++) {
    let level = 0;
    const y = series(100, () => (level = 0.7 * level + normal()));
    for (const correction of ['none', 'yue-wang'] as const) {
      if (trendOf(y, { correction }).p < 0.05) rejected[correction]++;
    }
  }
  t.ok(rejected.none > 50, `${rejected.none} of 200 without a correction`);
  t.ok(rejected['yue-wang'] <= 20, `${rejected['yue-wang']} with Yue and Wang`);
});

t.test('a clear trend survives the correction', async (t) => {
  const normal = createNormal(9);
  const y = series(30, (i) => i + 3 * normal());
  for (const correction of ['none', 'yue-wang'] as const) {
    t.ok(trendOf(y, { correction }).p < 0.001);
  }
});

t.test('short, level and broken input', async (t) => {
  t.same(mannKendall([]), { kind: 'insufficient', n: 0 });
  t.same(mannKendall([1, NaN, 2, Infinity]), { kind: 'insufficient', n: 2 });
  for (const correction of ['none', 'yue-wang'] as const) {
    t.match(trendOf([5, 5, 5, 5, 5, 5], { correction }), { s: 0, z: 0, p: 1, variance: 0 });
    t.equal(trendOf([1, 2, 4], { correction }).s, 3);
  }
});

t.test('only order matters: scale, shift and bending do not, reversal turns the sign', async (t) => {
  const { s, z, p } = trendOf(CORRELATED);
  t.match(trendOf(CORRELATED.map((v) => v * 1e9 + 7)), { s, z, p });
  t.match(trendOf(CORRELATED.map((v) => Math.exp(v / 30))), { s, z, p });
  t.match(trendOf([...CORRELATED].reverse()), { s: -s, z: -z, p });
});

t.test('the score by merging is the score by definition', async (t) => {
  const random = createRandom(6);
  for (const n of [2, 3, 17, 64, 101]) {
    const y = series(n, () => Math.floor(random() * 20));
    let expected = 0;
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expected += Math.sign(y[j]! - y[i]!);
    t.equal(kendallScore(y), expected);
  }
});

t.test('ties in both variables, and ranks that share', async (t) => {
  // x: 1 1 2 2, y: 1 2 2 3: (4·3·13 − 2·2·9 − 2·9)/18 + (4 · 2)/(2·4·3) = 102/18 + 1/3; no triples.
  t.ok(agrees(kendallVariance(4, [2, 2], [2]), 6));
  t.ok(agrees(kendallVariance(6, [3], [3]), (6 * 5 * 17 - 2 * 66) / 18 + 36 / 60 + 36 / (9 * 120)));
  t.equal(kendallVariance(1, [], []), 0);
  t.same(tieGroups([3, 1, 3, 2, 1, 3]), [2, 3]);
  t.same([...ranks([10, 30, 20, 30])], [1, 3.5, 2, 3.5]);
  t.same([...ranks([])], []);
});
