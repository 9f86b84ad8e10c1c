import { STATUS_CLASSES } from '../requests/route-columns.js';
import type { RouteTable } from '../requests/route-table.js';
import { labelsOf, withLabel, type Labels } from './labels.js';

/** Labels of a row of the route table: method and route pattern, never a URL. */
export interface RouteLabels {
  of(route: number): Labels;
  ofClass(route: number, statusClass: number): Labels;
}

/**
 * A row's identity never changes, so its labels are made once, when it first has something to show; there are as many
 * as the bounded table has rows, times the status classes that were answered.
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
