import { normalQuantile } from '../../statistics/normal-quantile.js';
import { gainOf, momentsOf, without, type Moments } from './column-moments.js';
import { fit, type Columns } from './columns.js';

/** Two-sided 5 %. */
export const LEVEL = 0.05;
const SURE = 1.96;
/** 96 floors cannot distinguish more causes than this. */
const MAX_CAUSES = 12;
const ROWS_PER_CAUSE = 4;
/** Candidates enter a little below the level that they have to reach in the end, beside all others. */
const ENTRY = 0.7;
/** Floors are never exact: the least share of their spread that counts as noise. */
export const LEAST_NOISE = 1e-6;

/** The columns that explain the right side, and the noise about them. */
export interface Selection {
  /** Of all columns. */
  readonly moments: Moments;
  readonly chosen: readonly number[];
  /** Variance of a row about the full model. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
  /** A loss of this many squares in standard deviations of chance. */
  deviations(lossOfSquares: number): number;
}

/**
 * Selects the columns that are needed. Forward: the column that explains most beside those taken (orthogonal matching
 * pursuit, Pati, Rezaiifar and Krishnaprasad 1993). Backward: removes what the others explain as well. One of many routes
 * has to stand out more than a single one, or chance would name one in a thousand (Bonferroni).
 *
 * @param general Columns that are always candidates, in the order in which they are removed.
 */
export function selectCauses(problem: Columns, general: readonly number[]): Selection {
  const candidates = problem.columns.length - general.length;
  const critical = normalQuantile(1 - LEVEL / 2 / Math.max(1, candidates));
  const moments = momentsOf(problem);
  const found = forward(moments, critical * ENTRY);
  const start = [...general, ...found.filter((column) => !general.includes(column))];
  const full = fit(problem, start);
  // The level of the floors and their correlation were fitted as well.
  const degreesOfFreedom = Math.max(1, problem.right.length - start.length - 2);
  const least = (LEAST_NOISE ** 2 * moments.total) / moments.rows;
  const variance = Math.max(full.residualSumOfSquares / degreesOfFreedom, least);
  const deviations = (loss: number): number => deviationsOf(loss / variance, degreesOfFreedom);
  const needed = start.filter((_, i) => full.coefficients[i]! > 0);
  return {
    moments,
    chosen: backward(problem, needed, (column, loss) =>
      general.includes(column)
        ? deviations(loss) < SURE && general.indexOf(column) - general.length
        : deviations(loss) < critical && deviations(loss),
    ),
    variance,
    degreesOfFreedom,
    deviations,
  };
}

function forward(moments: Moments, entry: number): number[] {
  const limit = Math.min(MAX_CAUSES, Math.floor(moments.rows / ROWS_PER_CAUSE));
  const taken: number[] = [];
  let rest = moments;
  let squares = moments.total;
  while (taken.length < limit) {
    let best = -1;
    let most = 0;
    for (let column = 0; column < rest.squares.length; column += 1) {
      const gain = gainOf(rest, column);
      if (gain <= most || taken.includes(column)) continue;
      best = column;
      most = gain;
    }
    if (best === -1) break;
    const freedom = Math.max(1, moments.rows - taken.length - 3);
    if (deviationsOf((most * freedom) / Math.max(squares - most, Number.MIN_VALUE), freedom) < entry) break;
    taken.push(best);
    rest = without(rest, best);
    squares = Math.max(0, squares - most);
  }
  return taken;
}

/** `rank` gives the order in which columns are removed, the lowest first, or `false` for one that has to stay. */
function backward(
  problem: Columns,
  start: readonly number[],
  rank: (column: number, lossOfSquares: number) => number | false,
): number[] {
  let chosen = [...start];
  for (;;) {
    const { residualSumOfSquares } = fit(problem, chosen);
    let leaving = -1;
    let lowest = Infinity;
    for (const column of chosen) {
      const without = chosen.filter((other) => other !== column);
      const order = rank(column, fit(problem, without).residualSumOfSquares - residualSumOfSquares);
      if (order === false || order >= lowest) continue;
      leaving = column;
      lowest = order;
    }
    if (leaving === -1) return chosen;
    chosen = chosen.filter((column) => column !== leaving);
  }
}

/** Columns that could replace `column` among the chosen without a significant loss. */
export function alternatives(selection: Selection, column: number): number[] {
  const rest = besideOthers(selection, column);
  const own = gainOf(rest, column);
  return Array.from(rest.squares.keys()).filter((other) => {
    if (selection.chosen.includes(other)) return false;
    const gain = gainOf(rest, other);
    return gain > 0 && selection.deviations(own - gain) < SURE;
  });
}

/** The moments after all the chosen columns but `column`. */
export function besideOthers({ moments, chosen }: Selection, column: number): Moments {
  return chosen.filter((other) => other !== column).reduce(without, moments);
}

/** The square of a Student's t as a normal deviate: Wallace, Annals of Mathematical Statistics 30 (1959). */
export function deviationsOf(square: number, degreesOfFreedom: number): number {
  if (!(square > 0)) return 0;
  const n = degreesOfFreedom;
  return (Math.sqrt(n * Math.log1p(square / n)) * (8 * n + 1)) / (8 * n + 3);
}
