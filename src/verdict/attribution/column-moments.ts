import { dot, type Columns } from './columns.js';

/**
 * Sums of products of columns with each other and with the right side: all that a least-squares fit of a few columns
 * needs. One pass over the matrix makes them, and one more for each column that is removed.
 */
export interface Moments {
  readonly rows: number;
  /** Square length of the right side. */
  readonly total: number;
  /** Square length of each column as given. */
  readonly lengths: Float64Array;
  /** Square length of each column beside those removed; 0 where only rounding is left. */
  readonly squares: Float64Array;
  /** Product of each column with the right side. */
  readonly onRight: Float64Array;
  /** Products of a column with every column. */
  between(column: number): Float64Array;
}

/** Share of a column's square length below which the rest is rounding. */
const LEAST_REMAINDER = 1e-9;

export function momentsOf({ columns, right }: Columns): Moments {
  const lengths = Float64Array.from(columns, (values) => dot(values, values));
  return {
    rows: right.length,
    total: dot(right, right),
    lengths,
    squares: lengths,
    onRight: Float64Array.from(columns, (values) => dot(values, right)),
    between: remembered((column) => Float64Array.from(columns, (values) => dot(values, columns[column]!))),
  };
}

/** The moments after `column` was projected out; unchanged where nothing of it is left. */
export function without(moments: Moments, column: number): Moments {
  const length = moments.squares[column]!;
  if (length === 0) return moments;
  const along = moments.between(column);
  const onRight = moments.onRight[column]!;
  return {
    rows: moments.rows,
    total: moments.total - onRight ** 2 / length,
    lengths: moments.lengths,
    squares: moments.squares.map((square, i) => {
      const rest = square - along[i]! ** 2 / length;
      return i !== column && rest > LEAST_REMAINDER * moments.lengths[i]! ? rest : 0;
    }),
    onRight: moments.onRight.map((product, i) => product - (along[i]! * onRight) / length),
    between: remembered((other) => {
      const factor = along[other]! / length;
      return moments.between(other).map((product, i) => product - factor * along[i]!);
    }),
  };
}

/** Squares that a column explains alone, with a positive coefficient. */
export function gainOf({ squares, onRight }: Moments, column: number): number {
  const [square, product] = [squares[column]!, onRight[column]!];
  return square > 0 && product > 0 ? product ** 2 / square : 0;
}

function remembered(make: (column: number) => Float64Array): (column: number) => Float64Array {
  const made = new Map<number, Float64Array>();
  return (column) => {
    const known = made.get(column);
    if (known !== undefined) return known;
    const fresh = make(column);
    made.set(column, fresh);
    return fresh;
  };
}
