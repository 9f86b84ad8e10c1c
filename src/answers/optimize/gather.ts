import type { Core } from '../../runtime/core.js';
import type { Recorder } from '../../requests/recorder.js';
import { STATUS_CLASSES } from '../../requests/route-columns.js';
import { recentOf } from '../report/recent.js';
import type { RouteFacts } from '../routes/text.js';
import type { VerdictAnswer } from '../verdict/answer.js';
import { routeRows } from '../routes/build.js';
import type { OptimizeFacts } from './suggestion.js';

const MOST_ROUTES = 20;

/** What is known now, without measuring anything. */
export function optimizeFacts(core: Core, verdict: VerdictAnswer | undefined): OptimizeFacts {
  const recent = core.history && recentOf(core.history, core.clock.wall());
  return {
    sample: core.latest(),
    gc: core.gcTotals.read(),
    ...(recent && { recent }),
    ...(verdict && { verdict }),
    routes: core.recorder === undefined ? [] : leadingRoutes(core, core.recorder, MOST_ROUTES),
    completed: core.recorder?.completed ?? 0,
    serverErrors: core.recorder === undefined ? 0 : errorsOf(core.recorder),
    flags: [...(process.env['NODE_OPTIONS']?.split(/\s+/) ?? []), ...process.execArgv],
    failures: core.failures(),
    options: core.options,
  };
}

/** Those that retain something, then the busiest, then those that allocate most. */
export function leadingRoutes(core: Core, recorder: Recorder, most: number): readonly RouteFacts[] {
  const rows = [
    ...routeRows(core, recorder, 'retained', most).filter((row) => row.retainedBytesPerRequest !== undefined),
    ...routeRows(core, recorder, 'requests', most >> 1),
    ...routeRows(core, recorder, 'delta', most),
  ];
  return [...new Map(rows.map((row) => [row.route, row])).values()].slice(0, most);
}

function errorsOf({ columns, routes }: Recorder): number {
  const cls = STATUS_CLASSES.indexOf('5xx');
  let errors = 0;
  for (let route = 0; route < routes.size; route += 1)
    errors += columns.byClass[route * STATUS_CLASSES.length + cls]!;
  return errors;
}
