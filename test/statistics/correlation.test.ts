import t from 'tap';
import { pearson, spearman } from '../../src/statistics/correlation.js';

t.test("Pearson's correlation of hand-computed columns", async (t) => {
  // Deviations −2 −1 0 1 2 and −1.8 −0.8 −0.8 1.2 2.2: 3.6 + 0.8 + 1.2 + 4.4 = 10, over √(10 · 10.8).
  t.ok(Math.abs(pearson([1, 2, 3, 4, 5], [2, 3, 3, 5, 6])! - 10 / Math.sqrt(108)) < 1e-12);
  t.equal(pearson([1, 2, 3], [2, 4, 6]), 1);
  t.equal(pearson([1, 2, 3], [3, 2, 1]), -1);
});

t.test("Spearman's asks for order only, and shares ranks among ties", async (t) => {
  t.equal(spearman([1, 2, 3, 4], [1, 10, 100, 1000]), 1);
  // Ranks 1 2.5 2.5 4 and 1 2 3 4: 4.5 over √(4.5 · 5).
  t.ok(Math.abs(spearman([1, 2, 2, 4], [1, 2, 3, 4])! - 4.5 / Math.sqrt(22.5)) < 1e-12);
});

t.test('neither depends on origin or scale', async (t) => {
  const [xs, ys] = [
    [3, 1, 4, 1, 5, 9, 2, 6],
    [2, 7, 1, 8, 2, 8, 1, 8],
  ];
  for (const coefficient of [pearson, spearman]) {
    const moved = coefficient(
      xs.map((x) => 1e9 + 7 * x),
      ys.map((y) => 3 * y - 5),
    )!;
    t.ok(Math.abs(moved - coefficient(xs, ys)!) < 1e-6);
  }
});

t.test('what does not vary, or is too short, has no correlation', async (t) => {
  for (const coefficient of [pearson, spearman]) {
    t.equal(coefficient([0.1, 0.1, 0.1, 0.1], [1, 2, 3, 4]), undefined);
    t.equal(coefficient([1, 2], [1, 2]), undefined);
    t.equal(coefficient([], []), undefined);
  }
  t.equal(pearson([1, 2, NaN], [1, 2, 3]), undefined);
});
