import type { PauseBudget } from '../cost/pause-budget.js';
import type { Instances } from '../instances/instances.js';
import type { Clock } from '../base/clock.js';
import type { RetentionWindows } from '../profile/windows/windows.js';
import type { GcTotals } from '../measure/gc-totals.js';
import type { Sample } from '../measure/reading.js';
import type { Recorder } from '../requests/recorder.js';
import type { FloorPoint } from '../verdict/floors/floor-series.js';
import type { Estimate, Judgement } from '../verdict/verdict.js';

/** What the metrics are read from. Reading any of it measures nothing and changes nothing. */
export interface MetricsSource {
  readonly clock: Pick<Clock, 'wall'>;
  /** Absent when requests are not recorded. */
  readonly recorder: Pick<Recorder, 'routes' | 'columns' | 'bucketBoundsMs'> | undefined;
  readonly detector: { readonly points: readonly Pick<FloorPoint, 'heapBytes'>[] } | undefined;
  readonly instances: Pick<Instances, 'live'>;
  readonly gcTotals: Pick<GcTotals, 'read'>;
  readonly budget: Pick<PauseBudget, 'remainingMs'>;
  /** Absent when nothing is sampled. */
  readonly windows: Pick<RetentionWindows, 'count' | 'hooksSeconds'> | undefined;
  latest(): Sample;
  judgement(): Judgement | undefined;
  suspects(): { readonly routes: readonly RetainingRoute[] };
  cost(): OwnCost;
  failures(): Readonly<Record<string, number>>;
}

/** What Tidemark itself costs. */
export interface OwnCost {
  /** Time spent in ticks of the sampler, pauses excluded. */
  readonly samplingSeconds: number;
  /** Time for which the serving thread stood still for diagnostics. */
  readonly pauseSeconds: number;
  /** Bytes of the columns and rings, which are fixed once all routes are known. */
  readonly selfBytes: number;
}

export interface RetainingRoute {
  /** As the route table labels it: `GET /orders/:id`. */
  readonly route: string;
  readonly bytesPerRequest: Estimate;
}

/** What does not change while the process lives. */
export interface Runtime {
  /** As `process.version` has it: `v20.20.2`. */
  readonly version: string;
  readonly startTimeSeconds: number;
}

/** Reads the start as prom-client does, to whole seconds. */
export function systemRuntime(): Runtime {
  return { version: process.version, startTimeSeconds: Math.round(Date.now() / 1000 - process.uptime()) };
}
