import { STATUS_CLASSES } from '../requests/route-columns.js';
import type { RouteTable } from '../requests/route-table.js';
import { labelsOf, withLabel, type Labels } from './labels.js';

/** The labels of a row of the route table: method and route pattern, never a URL. */
export interface RouteLabels {
  of(route: number): Labels;
  ofClass(route: number, statusClass: number): Labels;
}

/**
 * A row's identity never changes, so its labels are made once, when it first has a value; their number is bounded by the
 * rows of the table times the status classes.
 */
export function createRouteLabels(routes: Pick<RouteTable, 'identity'>): RouteLabels {
  const known: Labels[] = [];
  const knownClasses: Labels[] = [];
  const of = (route: number): Labels => {
    const { method, pattern } = routes.identity(route)!;
    return (known[route] ??= labelsOf({ method, route: pattern }));
  };
  return {
    of,
    ofClass(route, statusClass) {
      const row = route * STATUS_CLASSES.length + statusClass;
      return (knownClasses[row] ??= withLabel(of(route), 'status_class', STATUS_CLASSES[statusClass]!));
    },
  };
}
