import t from 'tap';
import { nnls, type NnlsSolution } from '../../src/statistics/nnls.js';
import { createRandom } from '../../src/statistics/random.js';
import { agrees, createNormal, series } from './series.js';

/** Rows of equal length, as a problem. */
function problemOf(rows: readonly (readonly number[])[], right: readonly number[]) {
  const columns = rows[0]?.length ?? 0;
  return {
    matrix: Float64Array.from(rows.flat()),
    rows: rows.length,
    columns,
    right: Float64Array.from(right),
  };
}

function solve(...args: Parameters<typeof nnls>): NnlsSolution {
  const solution = nnls(...args);
  if (solution.kind !== 'solution') throw new Error(solution.reason);
  return solution;
}

/** Gradient of ½|Ax − b|² at the solution. */
function gradient({ matrix, rows, columns, right }: Parameters<typeof nnls>[0], x: Float64Array): number[] {
  return Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      let residual = -right[i]!;
      for (let k = 0; k < columns; k++) residual += matrix[i * columns + k]! * x[k]!;
      sum += matrix[i * columns + j]! * residual;
    }
    return sum;
  });
}

t.test('agrees with SciPy 1.17 where the bound is met and where it is not', async (t) => {
  const bound = solve(
    problemOf(
      [
        [73, 71, 52],
        [87, 74, 46],
        [72, 2, 7],
        [80, 89, 71],
      ],
      [49, 67, 68, 20],
    ),
  );
  t.ok(agrees(bound.coefficients[0]!, 0.6495384364022546, 8));
  t.same([...bound.coefficients.subarray(1)], [0, 0]);
  t.ok(agrees(Math.sqrt(bound.residualSumOfSquares), 39.81255812342816, 8));
  const free = solve(
    problemOf(
      [
        [1, 0],
        [1, 1],
        [0, 2],
      ],
      [2, 5, 6],
    ),
  );
  t.ok(agrees(free.coefficients[0]!, 2, 8));
  t.ok(agrees(free.coefficients[1]!, 3, 8));
  t.ok(free.residualSumOfSquares < 1e-14);
});

t.test('random problems satisfy the Karush–Kuhn–Tucker conditions', async (t) => {
  const random = createRandom(51);
  for (let run = 0; run < 40; run++) {
    const columns = 1 + Math.floor(random() * 12);
    const rows = columns + 5;
    const problem = {
      matrix: series(rows * columns, () => random() - 0.3),
      rows,
      columns,
      right: series(rows, () => random() - 0.4),
    };
    const { coefficients, converged } = solve(problem);
    const slopes = gradient(problem, coefficients);
    t.ok(converged);
    t.ok(coefficients.every((x, j) => x >= 0 && (x > 0 ? Math.abs(slopes[j]!) < 1e-7 : slopes[j]! > -1e-7)));
  }
});

t.test('so do problems in which columns enter and leave again', async (t) => {
  const random = createRandom(54);
  for (let run = 0; run < 40; run++) {
    const [rows, columns] = [20, 12];
    const common = series(rows, () => random());
    const matrix = series(rows * columns, (i) => common[Math.floor(i / columns)]! + 0.2 * random());
    const right = series(rows, (i) => {
      const row = matrix.subarray(i * columns, (i + 1) * columns);
      return row.reduce((sum, value, j) => sum + value * (j % 3 === 0 ? -1 : 1), 0);
    });
    const { coefficients, converged } = solve({ matrix, rows, columns, right });
    const slopes = gradient({ matrix, rows, columns, right }, coefficients);
    t.ok(converged);
    t.ok(coefficients.every((x, j) => x >= 0 && (x > 0 ? Math.abs(slopes[j]!) < 1e-6 : slopes[j]! > -1e-6)));
  }
});

t.test('recovers which routes keep what, through noise', async (t) => {
  const normal = createNormal(52);
  const random = createRandom(53);
  const truth = [0, 512, 0, 2048, 0, 0];
  const rows = Array.from({ length: 80 }, () => truth.map(() => Math.floor(random() * 1000)));
  const right = rows.map((row) => row.reduce((sum, n, j) => sum + n * truth[j]!, 0) + 20_000 * normal());
  const { coefficients } = solve(problemOf(rows, right));
  for (const [j, bytes] of truth.entries())
    t.ok(Math.abs(coefficients[j]! - bytes) < 25, `${coefficients[j]}`);
});

t.test('columns that cannot be told apart share, and a column of zeros gets nothing', async (t) => {
  const rows = Array.from({ length: 10 }, (_, i) => [i + 1, i + 1, 0]);
  const { coefficients, converged } = solve(
    problemOf(
      rows,
      rows.map(([n]) => 6 * n!),
    ),
  );
  t.ok(converged);
  t.ok(agrees(coefficients[0]!, 3, 5));
  t.ok(agrees(coefficients[1]!, 3, 5));
  t.equal(coefficients[2], 0);
});

t.test('scaling a column scales its coefficient, and a negative effect is none', async (t) => {
  const rows = [
    [1, 2],
    [2, 1],
    [3, 5],
    [1, 1],
  ];
  const right = [5, 4, 13, 3];
  const plain = solve(problemOf(rows, right));
  const scaled = solve(
    problemOf(
      rows.map(([a, b]) => [a! * 1e6, b! / 1000]),
      right,
    ),
  );
  t.ok(agrees(scaled.coefficients[0]! * 1e6, plain.coefficients[0]!));
  t.ok(agrees(scaled.coefficients[1]! / 1000, plain.coefficients[1]!));
  const falling = solve(
    problemOf(
      rows,
      right.map((v) => -v),
    ),
  );
  t.same([...falling.coefficients], [0, 0]);
  t.ok(falling.converged);
});

t.test('a sample uses rows as often as it names them', async (t) => {
  const rows = [
    [1, 0],
    [0, 1],
    [9, 9],
  ];
  const sampled = solve(problemOf(rows, [2, 3, 1e9]), Uint32Array.of(0, 0, 1));
  t.ok(agrees(sampled.coefficients[0]!, 2, 8));
  t.ok(agrees(sampled.coefficients[1]!, 3, 8));
});

t.test('what cannot be solved says why', async (t) => {
  t.same(nnls(problemOf([], [])), { kind: 'unsolvable', reason: 'empty' });
  t.same(nnls({ matrix: new Float64Array(3), rows: 2, columns: 2, right: new Float64Array(2) }), {
    kind: 'unsolvable',
    reason: 'empty',
  });
  t.same(nnls(problemOf([[1]], [1]), new Uint32Array(0)), {
    kind: 'unsolvable',
    reason: 'empty',
  });
  t.same(nnls({ matrix: new Float64Array(65), rows: 1, columns: 65, right: new Float64Array(1) }), {
    kind: 'unsolvable',
    reason: 'too-large',
  });
  t.same(nnls(problemOf([[1], [NaN]], [1, 1])), { kind: 'unsolvable', reason: 'not-finite' });
  t.same(nnls(problemOf([[1]], [Infinity])), { kind: 'unsolvable', reason: 'not-finite' });
});
