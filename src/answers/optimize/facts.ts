import type { ResolvedOptions } from '../../config/options.js';
import type { Clock } from '../../base/clock.js';
import type { History } from '../../history/history.js';
import type { GcTotals, GcTotalsReading } from '../../measure/gc-totals.js';
import type { Sample } from '../../measure/reading.js';
import type { Recorder } from '../../requests/recorder.js';
import { STATUS_CLASSES } from '../../requests/route-columns.js';
import { recentOf, type Recent } from '../report/recent.js';
import { routeRows, type RetainedSource, type RouteRow } from '../routes/build.js';
import type { VerdictAnswer } from '../verdict/schema.js';
import type { Suggestion } from './schema.js';

/** Inputs of the rules: measured already, and without a pause. */
export interface OptimizeFacts {
  readonly sample: Sample;
  readonly gc: GcTotalsReading;
  readonly recent?: Recent;
  readonly verdict?: Omit<VerdictAnswer, 'next'>;
  /** The routes that answer, retain or allocate most. */
  readonly routes: readonly RouteRow[];
  /** Requests of all routes since the start. */
  readonly completed: number;
  readonly serverErrors: number;
  /** Command line flags of V8 and Node, including those of `NODE_OPTIONS`. */
  readonly flags: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
  readonly options: Pick<
    ResolvedOptions,
    'history' | 'verdict' | 'profile' | 'requests' | 'metrics' | 'health' | 'cost'
  >;
}

/** A rule turns facts into suggestions, or none. */
export type SuggestionRule = (facts: OptimizeFacts) => readonly Suggestion[];

export interface OptimizeSource extends RetainedSource {
  readonly options: OptimizeFacts['options'];
  readonly clock: Clock;
  readonly history: Pick<History, 'query'> | undefined;
  readonly gcTotals: Pick<GcTotals, 'read'>;
  readonly recorder: Recorder | undefined;
  latest(): Sample;
  failures(): Readonly<Record<string, number>>;
}

const MOST_ROUTES = 20;

/** What is known now, without measuring anything. */
export function optimizeFacts(source: OptimizeSource, verdict: VerdictAnswer | undefined): OptimizeFacts {
  const recent = source.history && recentOf(source.history, source.clock.wall());
  return {
    sample: source.latest(),
    gc: source.gcTotals.read(),
    ...(recent && { recent }),
    ...(verdict && { verdict }),
    routes: source.recorder === undefined ? [] : leadingRoutes(source, source.recorder, MOST_ROUTES),
    completed: source.recorder?.completed ?? 0,
    serverErrors: source.recorder === undefined ? 0 : errorsOf(source.recorder),
    flags: [...(process.env['NODE_OPTIONS']?.split(/\s+/) ?? []), ...process.execArgv],
    failures: source.failures(),
    options: source.options,
  };
}

/** Routes that retain something, then the busiest, then those that allocate most. */
export function leadingRoutes(source: RetainedSource, recorder: Recorder, most: number): readonly RouteRow[] {
  const rows = [
    ...routeRows(source, recorder, 'retained', most).filter(
      (row) => row.retainedBytesPerRequest !== undefined,
    ),
    ...routeRows(source, recorder, 'requests', most >> 1),
    ...routeRows(source, recorder, 'delta', most),
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
