import type { ResolvedOptions } from '../../config/options.js';
import type { GcTotalsReading } from '../../measure/gc-totals.js';
import type { Sample } from '../../measure/reading.js';
import type { Recent } from '../report/recent.js';
import type { RouteFacts } from '../routes/text.js';
import type { VerdictAnswer } from '../verdict/answer.js';

export type Severity = 'critical' | 'warning' | 'info';

/** Something worth changing, and what was measured that says so. */
export interface Suggestion {
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: string;
  readonly action: string;
  /** The memory it is about, bytes: what would be freed, saved in an hour, or made available. */
  readonly impactBytes?: number;
}

/** What the rules look at: measured, and nothing of it costs a pause. */
export interface OptimizeFacts {
  readonly sample: Sample;
  readonly gc: GcTotalsReading;
  readonly recent?: Recent;
  readonly verdict?: Omit<VerdictAnswer, 'next'>;
  /** The routes that answer, retain or allocate most. */
  readonly routes: readonly RouteFacts[];
  /** Requests of all routes since the start. */
  readonly completed: number;
  readonly serverErrors: number;
  /** Command line flags of V8 and Node, those of `NODE_OPTIONS` included. */
  readonly flags: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
  readonly options: Pick<
    ResolvedOptions,
    'history' | 'verdict' | 'profile' | 'requests' | 'metrics' | 'health' | 'cost'
  >;
}

/** A rule looks at the facts and says something, or nothing. */
export type SuggestionRule = (facts: OptimizeFacts) => readonly Suggestion[];
