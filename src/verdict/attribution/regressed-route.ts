import { spanOf, type Cause } from './route-design.js';
import type { Estimate } from '../verdict.js';

/** A route whose requests the floor rises with. */
export interface RegressedRoute {
  readonly route: number;
  /** With `collinearWith`, the value is for any of these routes, and the interval spans from none to all of the growth. */
  readonly bytesPerRequest: Estimate;
  /** Share of what the regression explains, 0 to 1. */
  readonly share: number;
  readonly requests: number;
  /** Routes that explain the growth as well as this one. */
  readonly collinearWith: readonly number[];
  /** Whether neither time nor all requests together would explain it as well. */
  readonly isSure: boolean;
}

/**
 * The route of a column; the column of all requests stands for the routes that explain the growth as well as it does.
 * `others` are the columns that could replace it, `perUnit` its bytes per unit.
 */
export function nameRoute(
  causes: readonly Cause[],
  column: number,
  others: readonly number[],
  perUnit: Estimate,
): Omit<RegressedRoute, 'share'> | undefined {
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
