import { blockBootstrap } from '../statistics/bootstrap.js';
import { median } from '../statistics/median.js';
import { nnls } from '../statistics/nnls.js';
import { alternatives, selectCauses, type Selection } from './cause-selection.js';
import { createSearch, fit, matrixOf, ridge, type Columns } from './column-search.js';
import type { FloorPoint } from './floor-series.js';
import { designOf, type Cause, type Design } from './route-design.js';
import type { Estimate, Signal } from './verdict.js';
import { neighbourCorrelation, whiten } from './whitening.js';

/** A route with whose requests the floor rises. */
export interface RegressedRoute {
  readonly route: number;
  /** With `collinearWith`, of any of these routes, and from nothing to all of the growth by this route alone. */
  readonly bytesPerRequest: Estimate;
  /** Of what the regression explains, 0 to 1. */
  readonly share: number;
  readonly requests: number;
  /** Routes that explain the growth as well as this one. */
  readonly collinearWith: readonly number[];
  /** Whether neither time nor requests of any kind would explain it as well. */
  readonly isSure: boolean;
}

export interface RouteRegression {
  readonly kind: 'regression';
  /** Greatest share first; empty when no route stands out. */
  readonly routes: readonly RegressedRoute[];
  /** Share of the growth that goes by the clock and that no request explains, 0 to 1. */
  readonly clockShare: number;
  /** Of the level of the floors, bytes. */
  readonly noiseBytes: number;
  /** Between the residuals of neighbouring floors. */
  readonly correlation: number;
}

export interface NoRegression {
  readonly kind: 'insufficient';
  readonly floors: number;
}

/** Of fewer, chance lets the wrong route stand out in one case of five. */
const LEAST_FLOORS = 24;
const LEAST_SHARE = 0.05;
const OUTLIER_NOISES = 4;
const NORMAL_95 = 1.96;
const SEED = 3;
const GENERAL = [0, 1];

/**
 * Which routes' requests the floor follows: non-negative least squares of the floors on the cumulative requests by
 * route, on all requests and on time, with errors that resemble their neighbours (Cochrane and Orcutt 1949, Prais and
 * Winsten 1954). Intervals by block bootstrap, from a fixed seed. Routes are told apart only as far as their traffic
 * differs beyond the noise of the floors; those that could take the place of a named one stand in `collinearWith`.
 *
 * `insufficient` under 24 floors with counts. 240 floors and 1,000 routes take some 10 ms.
 */
export function regressRoutes(points: readonly FloorPoint[], signal: Signal): RouteRegression | NoRegression {
  const design = designOf(points, signal);
  const floors = design?.floors.length ?? 0;
  if (design === undefined || floors < LEAST_FLOORS) return { kind: 'insufficient', floors };
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
    const named = nameRoute(problem, selection, design.causes, column, intervals[i]!);
    return named === undefined ? [] : [{ ...named, share }];
  });
  const clock = chosen.indexOf(0);
  const isClock = clock !== -1 && alternatives(problem, selection, 0).length === 0;
  return {
    kind: 'regression',
    routes: routes.toSorted((a, b) => b.share - a.share),
    clockShare: isClock ? grown[clock]! / total : 0,
    noiseBytes,
    correlation,
  };
}

/**
 * The floors without outliers, and how their errors behave. First by what all requests and time explain: a route's own
 * share is then part of the errors, which only makes them look more alike than they are, so that what stands out even
 * then is real. With that taken out, what is left shows the errors.
 */
function smoothed(design: Design): { cleaned: Float64Array; correlation: number; noiseBytes: number } {
  const rough = residualsOf(design, GENERAL);
  const problem = columnsOf(design, neighbourCorrelation(rough, GENERAL.length + 1));
  const { chosen } = selectCauses(problem, GENERAL);
  const residuals = residualsOf(design, [...new Set([...GENERAL, ...chosen])]);
  // 1.4826 makes the median absolute deviation a standard deviation under a normal law.
  const noiseBytes = 1.4826 * median(residuals.map(Math.abs));
  const limit = noiseBytes > 0 ? OUTLIER_NOISES * noiseBytes : Infinity;
  const kept = residuals.map((value) => Math.min(limit, Math.max(-limit, value)));
  return {
    cleaned: design.floors.map((value, row) => value - residuals[row]! + kept[row]!),
    correlation: neighbourCorrelation(kept, chosen.length + GENERAL.length + 1),
    noiseBytes,
  };
}

/** What these causes leave unexplained of the levels. */
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

const spanOf = (cause: Cause): number => cause.values.at(-1)!;

/**
 * By resampling, and at least as wide as the variance of the rows makes them. Requests of all routes and time stay
 * candidates in the samples, or their having been left out would pass for certain.
 */
function intervalsOf(problem: Columns, { chosen, variance }: Selection, values: Float64Array): Estimate[] {
  const columns = [...new Set([...chosen, ...GENERAL])];
  const matrix = matrixOf(problem, columns);
  const rows = problem.right.length;
  const drawn = blockBootstrap({
    n: rows,
    size: columns.length,
    seed: SEED,
    statistic(sample, out) {
      const solved = nnls({ matrix, rows, columns: columns.length, right: problem.right }, { ridge, sample });
      if (solved.kind === 'solution') out.set(solved.coefficients);
    },
  });
  return Array.from(values, (value, i) => {
    const search = createSearch(problem);
    for (const other of chosen) if (other !== chosen[i]) search.take(other);
    const half = NORMAL_95 * Math.sqrt(variance / search.remainder(chosen[i]!));
    const low = drawn.kind === 'intervals' ? drawn.low[i]! : 0;
    const high = drawn.kind === 'intervals' ? drawn.high[i]! : Infinity;
    return { value, low: Math.max(0, Math.min(value - half, low)), high: Math.max(value + half, high) };
  });
}

/** The route that a column means; requests of all routes mean those that explain the growth as well. */
function nameRoute(
  problem: Columns,
  selection: Selection,
  causes: readonly Cause[],
  column: number,
  perUnit: Estimate,
): Omit<RegressedRoute, 'share'> | undefined {
  const others = alternatives(problem, selection, column);
  const isRoute = causes[column]!.kind === 'route';
  const members = (isRoute ? [column, ...others] : others)
    .map((member) => causes[member]!)
    .filter(({ kind }) => kind === 'route')
    .toSorted((a, b) => spanOf(b) - spanOf(a));
  const named = isRoute ? causes[column] : members[0];
  if (named?.route === undefined) return undefined;
  const requests = spanOf(named);
  const collinearWith = members.flatMap(({ route }) =>
    route === undefined || route === named.route ? [] : [route],
  );
  const units = spanOf(causes[column]!);
  const ofAny = collinearWith.length > 0 ? members.reduce((sum, cause) => sum + spanOf(cause), 0) : requests;
  return {
    route: named.route,
    bytesPerRequest: {
      value: (perUnit.value * units) / ofAny,
      low: collinearWith.length > 0 ? 0 : (perUnit.low * units) / requests,
      high: (perUnit.high * units) / requests,
    },
    requests,
    collinearWith,
    isSure: isRoute && others.every((other) => causes[other]!.kind === 'route'),
  };
}
