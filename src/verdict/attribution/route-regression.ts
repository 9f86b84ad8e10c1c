import { blockBootstrap } from '../../statistics/bootstrap.js';
import { median } from '../../statistics/quantile.js';
import { nnls } from '../../statistics/nnls.js';
import { alternatives, besideOthers, selectCauses, type Selection } from './cause-selection.js';
import { fit, matrixOf, type Columns } from './columns.js';
import { explainFew, LEAST_INCREMENTS } from './few-floors.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { nameRoute, type RegressedRoute } from './regressed-route.js';
import { designOf, incrementsOf, settled, spanOf, type Design } from './route-design.js';
import type { Estimate, Signal } from '../verdict.js';
import { neighbourCorrelation, whiten } from './whitening.js';

export interface RouteRegression {
  readonly kind: 'regression';
  /** Largest share first; empty when no route stands out. */
  readonly routes: readonly RegressedRoute[];
  /** Share of the growth that follows time and that no request explains, 0 to 1. */
  readonly clockShare: number;
  /** Noise of a floor, bytes. */
  readonly noiseBytes: number;
  /** Correlation between the residuals of neighbouring floors. */
  readonly correlation: number;
}

export interface NoRegression {
  readonly kind: 'insufficient';
  readonly floors: number;
}

/** The correlation of the errors of fewer floors cannot be estimated; see {@link explainFew}. */
const MANY_FLOORS = 24;
const LEAST_FLOORS = LEAST_INCREMENTS + 1;
const LEAST_SHARE = 0.05;
const OUTLIER_NOISES = 4;
const NORMAL_95 = 1.96;
const SEED = 3;
const CLOCK = 0;
const GENERAL = [CLOCK, 1];

/**
 * Which routes' requests the floor follows: non-negative least squares of the floors on the cumulative requests by
 * route, on all requests and on time, with serially correlated errors (Cochrane and Orcutt 1949, Prais and Winsten 1954).
 * Intervals by block bootstrap, from a fixed seed. Routes are distinguished only as far as their traffic differs beyond
 * the noise of the floors; those that could replace a named one are in `collinearWith`.
 *
 * Under 24 floors see {@link explainFew}; `insufficient` under 6 with counts. 96 floors and 1,000 routes take some 5 ms.
 */
export function regressRoutes(points: readonly FloorPoint[], signal: Signal): RouteRegression | NoRegression {
  const design = designOf(points, signal);
  const floors = design?.floors.length ?? 0;
  if (design === undefined || floors < LEAST_FLOORS) return { kind: 'insufficient', floors };
  return floors < MANY_FLOORS ? fromFew(design) : fromMany(design);
}

function fromMany(design: Design): RouteRegression {
  const { cleaned, correlation, noiseBytes } = smoothed(design);
  const problem = columnsOf({ ...design, floors: cleaned }, correlation);
  const selection = selectCauses(problem, GENERAL);
  const { chosen } = selection;
  const { coefficients } = fit(problem, chosen);
  const grown = chosen.map((column, i) => coefficients[i]! * spanOf(design.causes[column]!));
  const total = grown.reduce((sum, bytes) => sum + bytes, 0);
  if (!(total > 0)) return { kind: 'regression', routes: [], clockShare: 0, noiseBytes, correlation };
  const intervals = intervalsOf(problem, selection, coefficients);
  const routes = chosen.flatMap((column, i) => {
    const share = grown[i]! / total;
    if (design.causes[column]!.kind === 'clock' || share < LEAST_SHARE) return [];
    const named = nameRoute(design.causes, column, alternatives(selection, column), intervals[i]!);
    return named === undefined ? [] : [{ ...named, share }];
  });
  const clock = chosen.indexOf(CLOCK);
  const isClock = clock !== -1 && alternatives(selection, CLOCK).length === 0;
  return {
    kind: 'regression',
    routes: routes.toSorted((a, b) => b.share - a.share),
    clockShare: isClock ? grown[clock]! / total : 0,
    noiseBytes,
    correlation,
  };
}

function fromFew(design: Design): RouteRegression {
  const problem = incrementsOf(settled(design));
  const { members } = explainFew(problem);
  const grown = members.map(({ column, perUnit }) => perUnit.value * spanOf(design.causes[column]!));
  const total = grown.reduce((sum, bytes) => sum + bytes, 0);
  const routes = members.flatMap(({ column, perUnit, others }, i) => {
    const share = grown[i]! / total;
    // Growth that time may explain is not attributed to a route.
    if (column === CLOCK || others.includes(CLOCK) || share < LEAST_SHARE) return [];
    const named = nameRoute(design.causes, column, others, perUnit);
    return named === undefined ? [] : [{ ...named, share }];
  });
  const clock = members.findIndex(({ column, others }) => column === CLOCK && others.length === 0);
  return {
    kind: 'regression',
    routes: routes.toSorted((a, b) => b.share - a.share),
    clockShare: clock === -1 ? 0 : grown[clock]! / total,
    noiseBytes: members[0]?.noiseBytes ?? 0,
    correlation: 1,
  };
}

/**
 * The floors without outliers, with the noise and correlation of their errors. The first fit is on all requests and time
 * only: the errors then include the routes' own shares and look more correlated than they are, so a route that stands out
 * even then is real. The residuals after those routes show the errors themselves.
 */
function smoothed(design: Design): { cleaned: Float64Array; correlation: number; noiseBytes: number } {
  const rough = residualsOf(design, GENERAL);
  const problem = columnsOf(design, neighbourCorrelation(rough, GENERAL.length + 1));
  const { chosen } = selectCauses(problem, GENERAL);
  const residuals = residualsOf(design, [...new Set([...GENERAL, ...chosen])]);
  // 1.4826 makes the median absolute deviation a standard deviation for a normal distribution.
  const noiseBytes = 1.4826 * median(residuals.map(Math.abs));
  const limit = noiseBytes > 0 ? OUTLIER_NOISES * noiseBytes : Infinity;
  const kept = residuals.map((value) => Math.min(limit, Math.max(-limit, value)));
  return {
    cleaned: design.floors.map((value, row) => value - residuals[row]! + kept[row]!),
    correlation: neighbourCorrelation(kept, chosen.length + GENERAL.length + 1),
    noiseBytes,
  };
}

/** The residuals of the levels after these causes. */
function residualsOf({ floors, causes }: Design, chosen: readonly number[]): Float64Array {
  const problem = columnsOf({ floors, causes: chosen.map((column) => causes[column]!) }, 0);
  const { coefficients } = fit(
    problem,
    chosen.map((_, i) => i),
  );
  return problem.right.map((value, row) =>
    problem.columns.reduce((rest, column, i) => rest - coefficients[i]! * column[row]!, value),
  );
}

function columnsOf({ floors, causes }: Design, correlation: number): Columns {
  return {
    right: whiten(floors, correlation),
    columns: causes.map(({ values }) => whiten(values, correlation)),
  };
}

/**
 * Intervals by resampling, at least as wide as the variance of the rows makes them. All requests and time remain candidates
 * in the samples, because leaving them out was itself uncertain.
 */
function intervalsOf(problem: Columns, selection: Selection, values: Float64Array): Estimate[] {
  const { chosen, variance } = selection;
  const columns = [...new Set([...chosen, ...GENERAL])];
  const matrix = matrixOf(problem, columns);
  const rows = problem.right.length;
  const drawn = blockBootstrap({
    n: rows,
    size: columns.length,
    seed: SEED,
    statistic(sample, out) {
      const solved = nnls({ matrix, rows, columns: columns.length, right: problem.right }, sample);
      if (solved.kind === 'solution') out.set(solved.coefficients);
    },
  });
  return Array.from(values, (value, i) => {
    const column = chosen[i]!;
    const half = NORMAL_95 * Math.sqrt(variance / besideOthers(selection, column).squares[column]!);
    const low = drawn.kind === 'intervals' ? drawn.low[i]! : 0;
    const high = drawn.kind === 'intervals' ? drawn.high[i]! : Infinity;
    return { value, low: Math.max(0, Math.min(value - half, low)), high: Math.max(value + half, high) };
  });
}
