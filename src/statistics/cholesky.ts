/** A pivot below this share of its diagonal is what rounding left of 0, when two columns are nearly one. */
const LEAST_PIVOT = 1e-13;

/**
 * Solves the system given by the chosen rows and columns of a symmetric matrix (row-major, `order` columns, positive
 * definite but for rounding) by Cholesky's method. `solution[i]` belongs to `chosen[i]`; `factor` (as many entries
 * as the matrix) is scratch.
 */
export function solveSubsystem(
  matrix: Float64Array,
  order: number,
  right: Float64Array,
  chosen: readonly number[],
  factor: Float64Array,
  solution: Float64Array,
): void {
  const size = chosen.length;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const entry = matrix[chosen[row]! * order + chosen[column]!]!;
      let sum = entry;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      factor[row * size + column] =
        row === column
          ? Math.sqrt(Math.max(sum, entry * LEAST_PIVOT))
          : sum / factor[column * size + column]!;
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = right[chosen[row]!]!;
    for (let k = 0; k < row; k++) sum -= factor[row * size + k]! * solution[k]!;
    solution[row] = sum / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row]!;
    for (let k = row + 1; k < size; k++) sum -= factor[k * size + row]! * solution[k]!;
    solution[row] = sum / factor[row * size + row]!;
  }
}
