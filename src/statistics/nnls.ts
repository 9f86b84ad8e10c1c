import { solveSubsystem } from './cholesky.js';

export interface NnlsProblem {
  /** Row-major, `rows` × `columns`. */
  readonly matrix: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly right: Float64Array;
}

export interface NnlsSolution {
  readonly kind: 'solution';
  /** All ≥ 0, in units of the right side per unit of the column. */
  readonly coefficients: Float64Array;
  /** Σ(b − Ax)² over the rows used, without the penalty. */
  readonly residualSumOfSquares: number;
  /** False when the iteration limit ended it; the coefficients are then feasible but may not be the best. */
  readonly converged: boolean;
}

export interface NnlsUnsolvable {
  readonly kind: 'unsolvable';
  readonly reason: 'empty' | 'too-large' | 'not-finite';
}

/**
 * Ridge penalty on columns scaled to length one. It shares a coefficient equally between columns that cannot be told
 * apart, and otherwise changes about as many parts of a result as its own size.
 */
const RIDGE = 1e-9;
const MAX_COLUMNS = 64;
const MAX_ROWS = 512;

/**
 * The x ≥ 0 that minimises |Ax − b|² + ridge.
 *
 * Lawson & Hanson, "Solving Least Squares Problems" (1974), ch. 23, algorithm NNLS, on the normal equations as
 * in Bro & de Jong, Journal of Chemometrics 11 (1997), which a bootstrap can afford hundreds of times. The normal
 * equations square the condition number; unit columns and the ridge keep it below 10¹⁰.
 *
 * At most 64 columns and 512 rows. A column of zeros gets coefficient 0.
 *
 * @param sample Rows to use, each as often as it is named: what a bootstrap draws. All, once, without it.
 */
export function nnls(problem: NnlsProblem, sample?: Uint32Array): NnlsSolution | NnlsUnsolvable {
  const { rows, columns } = problem;
  if (!(rows >= 1) || !(columns >= 1) || sample?.length === 0) return unsolvable('empty');
  if (problem.matrix.length < rows * columns || problem.right.length < rows) return unsolvable('empty');
  if (columns > MAX_COLUMNS || rows > MAX_ROWS) return unsolvable('too-large');
  const normal = normalEquations(problem, sample);
  const scale = unitColumns(normal);
  if (!normal.right.every(Number.isFinite) || !normal.gram.every(Number.isFinite))
    return unsolvable('not-finite');
  const { solution, converged } = activeSet(normal);
  const coefficients = solution.map((value, column) => value * scale[column]!);
  const residualSumOfSquares = sumOfSquares(problem, coefficients, sample);
  return { kind: 'solution', coefficients, residualSumOfSquares, converged };
}

const unsolvable = (reason: NnlsUnsolvable['reason']): NnlsUnsolvable => ({ kind: 'unsolvable', reason });

interface NormalEquations {
  readonly gram: Float64Array;
  readonly right: Float64Array;
  readonly columns: number;
}

function normalEquations(
  { matrix, rows, columns, right }: NnlsProblem,
  sample?: Uint32Array,
): NormalEquations {
  const gram = new Float64Array(columns * columns);
  const projected = new Float64Array(columns);
  const used = sample?.length ?? rows;
  for (let i = 0; i < used; i++) {
    const row = sample?.[i] ?? i;
    const start = row * columns;
    for (let j = 0; j < columns; j++) {
      const value = matrix[start + j]!;
      if (value === 0) continue;
      projected[j]! += value * right[row]!;
      for (let k = 0; k <= j; k++) gram[j * columns + k]! += value * matrix[start + k]!;
    }
  }
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k < j; k++) gram[k * columns + j] = gram[j * columns + k]!;
  }
  return { gram, right: projected, columns };
}

/** Scales the equations in place to columns of length one, adds the ridge, and returns what undoes the scaling. */
function unitColumns({ gram, right, columns }: NormalEquations): Float64Array {
  const scale = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    const square = gram[j * columns + j]!;
    scale[j] = square > 0 ? 1 / Math.sqrt(square) : 0;
  }
  for (let j = 0; j < columns; j++) {
    right[j]! *= scale[j]!;
    for (let k = 0; k < columns; k++) gram[j * columns + k]! *= scale[j]! * scale[k]!;
    gram[j * columns + j]! += RIDGE;
  }
  return scale;
}

function activeSet(normal: NormalEquations): { solution: Float64Array; converged: boolean } {
  const { gram, right, columns } = normal;
  const solution = new Float64Array(columns);
  const trial = new Float64Array(columns);
  const factor = new Float64Array(columns * columns);
  const tolerance = 1e-10 * Math.max(...right.map(Math.abs));
  const passive: number[] = [];
  for (let step = 0; step < 3 * columns; step++) {
    const entering = steepest(normal, solution, passive, tolerance);
    if (entering === -1) return { solution, converged: true };
    passive.push(entering);
    do solveSubsystem(gram, columns, right, passive, factor, trial);
    while (!moveTowards(solution, trial, passive));
  }
  return { solution, converged: false };
}

/** The column outside the passive set along which the error falls fastest, or −1. */
function steepest(
  { gram, right, columns }: NormalEquations,
  solution: Float64Array,
  passive: readonly number[],
  tolerance: number,
): number {
  let best = -1;
  let greatest = tolerance;
  for (let j = 0; j < columns; j++) {
    if (passive.includes(j)) continue;
    let gradient = right[j]!;
    for (let k = 0; k < columns; k++) gradient -= gram[j * columns + k]! * solution[k]!;
    if (gradient <= greatest) continue;
    greatest = gradient;
    best = j;
  }
  return best;
}

/**
 * Moves `solution` towards the unconstrained `trial` of the passive columns. `true` when it got there; otherwise
 * it stopped at the first bound, and the columns that met it, one at least, have left `passive`.
 */
function moveTowards(solution: Float64Array, trial: Float64Array, passive: number[]): boolean {
  const shares = passive.map((column, i) => shareToBound(solution[column]!, trial[i]!));
  const share = Math.min(1, ...shares);
  for (const [i, column] of passive.entries()) {
    solution[column] = shares[i] === share ? 0 : solution[column]! + share * (trial[i]! - solution[column]!);
  }
  const stays = passive.filter((_, i) => shares[i] !== share);
  const arrived = stays.length === passive.length;
  passive.splice(0, passive.length, ...stays);
  return arrived;
}

/** How much of the way from a feasible value to its trial lies before 0; ∞ when all of it does. */
function shareToBound(value: number, trial: number): number {
  if (trial > 0) return Infinity;
  return value === 0 ? 0 : value / (value - trial);
}

function sumOfSquares(
  { matrix, rows, columns, right }: NnlsProblem,
  x: Float64Array,
  sample?: Uint32Array,
): number {
  const used = sample?.length ?? rows;
  let sum = 0;
  for (let i = 0; i < used; i++) {
    const row = sample?.[i] ?? i;
    let residual = right[row]!;
    for (let j = 0; j < columns; j++) residual -= matrix[row * columns + j]! * x[j]!;
    sum += residual * residual;
  }
  return sum;
}
