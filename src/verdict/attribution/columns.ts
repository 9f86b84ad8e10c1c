import { nnls } from '../../statistics/nnls.js';

/** A least-squares problem without intercept: one value a row, and columns that may explain it. */
export interface Columns {
  readonly right: Float64Array;
  readonly columns: readonly Float64Array[];
}

export interface Fit {
  /** All ≥ 0, in the order asked for. */
  readonly coefficients: Float64Array;
  readonly residualSumOfSquares: number;
}

/** Four independent sums, because each addition would otherwise wait for the one before it. */
export function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i += 1) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

/** The chosen columns row by row, as {@link nnls} wants them. */
export function matrixOf({ columns, right }: Columns, chosen: readonly number[]): Float64Array {
  const matrix = new Float64Array(right.length * chosen.length);
  for (const [j, column] of chosen.entries()) {
    const values = columns[column]!;
    for (let i = 0; i < right.length; i += 1) matrix[i * chosen.length + j] = values[i]!;
  }
  return matrix;
}

export function fit(problem: Columns, chosen: readonly number[]): Fit {
  const { right } = problem;
  const empty = { coefficients: new Float64Array(chosen.length), residualSumOfSquares: dot(right, right) };
  if (chosen.length === 0) return empty;
  const matrix = matrixOf(problem, chosen);
  const solved = nnls({ matrix, rows: right.length, columns: chosen.length, right });
  return solved.kind === 'solution' ? solved : empty;
}
