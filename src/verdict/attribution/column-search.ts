import { nnls } from '../../statistics/nnls.js';

/** Least squares without an intercept: one value a row, and columns that may explain it. */
export interface Columns {
  readonly right: Float64Array;
  readonly columns: readonly Float64Array[];
}

export interface Fit {
  /** All ≥ 0, in the order asked for. */
  readonly coefficients: Float64Array;
  readonly residualSumOfSquares: number;
}

/** Of a column's square length, what must be left beside the others to tell anything. */
const LEAST_REMAINDER = 1e-9;
/** Shares a coefficient between columns that are one; far below what two columns differ by that can be told apart. */
const RIDGE = 1e-9;

/** Four sums side by side, as each addition would otherwise wait for the one before it. */
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

export const ridge = RIDGE;

export function fit(problem: Columns, chosen: readonly number[]): Fit {
  const { right } = problem;
  const empty = { coefficients: new Float64Array(chosen.length), residualSumOfSquares: dot(right, right) };
  if (chosen.length === 0) return empty;
  const matrix = matrixOf(problem, chosen);
  const solved = nnls({ matrix, rows: right.length, columns: chosen.length, right }, { ridge: RIDGE });
  return solved.kind === 'solution' ? solved : empty;
}

/**
 * How much each column would lower the sum of squares beside those taken, and taking one. Nothing is orthogonalised
 * but the columns taken: the rest follow by their products with these, one pass over the matrix for each.
 */
export interface Search {
  /** Square bytes explained by a column in addition, 0 where it could only do so by a negative coefficient. */
  gain(column: number): number;
  take(column: number): void;
  /** Square length of a column beside those taken. */
  remainder(column: number): number;
}

export function createSearch({ columns, right }: Columns): Search {
  const basis: Float64Array[] = [];
  const lengths = Float64Array.from(columns, (column) => dot(column, column));
  const remainders = lengths.slice();
  const products = Float64Array.from(columns, (column) => dot(column, right));
  return {
    remainder: (column) => remainders[column]!,
    gain(column) {
      const remainder = remainders[column]!;
      const product = products[column]!;
      if (remainder <= LEAST_REMAINDER * lengths[column]! || product <= 0) return 0;
      return (product * product) / remainder;
    },
    take(column) {
      const unit = orthogonal(columns[column]!, basis);
      const length = Math.sqrt(dot(unit, unit));
      if (!(length > Math.sqrt(LEAST_REMAINDER * lengths[column]!))) return;
      for (let i = 0; i < unit.length; i += 1) unit[i]! /= length;
      basis.push(unit);
      const onRight = dot(unit, right);
      for (const [j, other] of columns.entries()) {
        const along = dot(unit, other);
        remainders[j]! -= along * along;
        products[j]! -= along * onRight;
      }
    },
  };
}

/** Gram and Schmidt's, twice: once loses digits where columns are nearly one. */
function orthogonal(column: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const rest = column.slice();
  for (let pass = 0; pass < 2; pass += 1) {
    for (const unit of basis) {
      const along = dot(unit, rest);
      for (let i = 0; i < rest.length; i += 1) rest[i]! -= along * unit[i]!;
    }
  }
  return rest;
}
