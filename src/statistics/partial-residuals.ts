import { leastSquares } from './least-squares.js';

type Column = readonly number[];

/**
 * The residuals of columns after a least-squares fit on the given ones and a constant, removed one after another: each is
 * first fitted to those before it (Frisch and Waugh, "Partial Time Regressions as Compared with Individual Trends",
 * Econometrica 1, 1933). A given column that does not vary changes nothing.
 */
export function partialResiduals(columns: readonly Column[], given: readonly Column[]): readonly Column[] {
  const [first, ...others] = given;
  if (first === undefined) return columns;
  return partialResiduals(
    columns.map((column) => without(column, first)),
    others.map((other) => without(other, first)),
  );
}

function without(values: Column, other: Column): Column {
  const line = leastSquares(other, values);
  if (line.kind !== 'line') return values;
  return values.map((value, i) => value - line.intercept - line.slope * other[i]!);
}

/** Squares of an ascending axis about its middle, where they lose no digits: with the axis, the columns of a parabola. */
export function squaresOf(axis: Column): Column {
  const middle = (axis[0]! + axis.at(-1)!) / 2;
  return axis.map((value) => (value - middle) ** 2);
}
