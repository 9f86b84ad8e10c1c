import t from 'tap';
import { leastSquares, residualSquares } from '../../src/statistics/least-squares.js';
import { partialResiduals, squaresOf } from '../../src/statistics/partial-residuals.js';
import { agrees, createNormal, series, steps } from './series.js';

const column = (n: number, value: (i: number) => number): number[] => [...series(n, value)];

t.test('what a line leaves, worked by hand', async (t) => {
  // x 0 1 2 3, y 0 1 4 5: means 1.5 and 2.5, Sxx 5, Sxy 9: slope 1.8, intercept −0.2; 0.2 −0.6 0.6 −0.2 are left, 0.8 in squares.
  const [left] = partialResiduals([[0, 1, 4, 5]], [[0, 1, 2, 3]]);
  for (const [i, expected] of [0.2, -0.6, 0.6, -0.2].entries())
    t.ok(agrees(left![i]!, expected), `${left![i]}`);
  t.ok(agrees(residualSquares([0, 1, 2, 3], [0, 1, 4, 5]), 0.8));
  t.equal(residualSquares([2, 2, 2], [1, 2, 3]), Infinity, 'where there is no line');
});

t.test('slopes of what is left are those of the plane, worked by hand', async (t) => {
  // y = 3 + 2a − 5b exactly, whatever a and b have to do with each other.
  const a = [0, 1, 2, 3, 4, 5];
  const b = [1, 0, 4, 2, 7, 5];
  const y = a.map((value, i) => 3 + 2 * value - 5 * b[i]!);
  for (const [x, given, expected] of [
    [a, b, 2],
    [b, a, -5],
  ] as const) {
    const [ownX, ownY] = partialResiduals([x, y], [given]);
    const line = leastSquares(ownX!, ownY!);
    t.ok(line.kind === 'line' && agrees(line.slope, expected), `${expected}`);
  }
});

t.test('nothing is left of what the given columns make up, in any order', async (t) => {
  const normal = createNormal(3);
  const columns = [0, 1, 2].map(() => column(20, () => normal()));
  const mixed = columns[0]!.map((one, i) => 7 + one - 3 * columns[1]![i]! + 0.5 * columns[2]![i]!);
  const other = column(20, () => normal());
  for (const given of [columns, columns.toReversed()]) {
    const [left, rest] = partialResiduals([mixed, other], given);
    t.ok(left!.every((value) => Math.abs(value) < 1e-9));
    for (const one of given) {
      const product = one.reduce((sum, value, i) => sum + value * rest![i]!, 0);
      t.ok(Math.abs(product) < 1e-9, 'what is left has nothing to do with any of them');
    }
  }
  t.same(partialResiduals([other], []), [other]);
  t.same(partialResiduals([other], [column(20, () => 4)]), [other], 'a constant takes nothing away');
});

t.test('an axis and its squares take a parabola away, far from zero too', async (t) => {
  const axis = [...steps(30)].map((i) => 1.79e12 + 7000 * i);
  const bent = axis.map((_, i) => 5 + 2 * i - 0.3 * i * i);
  const [left] = partialResiduals([bent], [axis, squaresOf(axis)]);
  t.ok(left!.every((value) => Math.abs(value) < 1e-6));
});
