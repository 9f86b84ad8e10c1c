import type { FloorPoint } from '../floors/floor-series.js';
import type { Assessment } from '../assessment.js';
import type { LoadFit } from '../load/load-fit.js';
import type { Thresholds } from '../thresholds.js';
import type { Trend } from '../trend.js';
import type { Judgement, RuledOut, VerdictName } from '../verdict.js';

/** Everything a rule may look at. */
export interface Evidence {
  readonly nowMs: number;
  readonly points: readonly FloorPoint[];
  readonly heap: Assessment;
  readonly external: Assessment;
  readonly native: Assessment;
  /** The fastest steady rise; if any outlasted the horizon, the fastest of those. */
  readonly steady: Trend | undefined;
  /** How well the load that contributes to the floors explains them by itself. */
  readonly load: LoadFit | undefined;
  readonly thresholds: Thresholds;
  readonly fillHorizonSeconds: number;
  /** Seconds until the next floor is expected, if one is. */
  readonly nextPointSeconds?: number;
}

type Unjudged<T> = T extends Judgement ? Omit<T, 'ruledOut'> : never;

/** A rule votes yes with a judgement, or no with the reason shown under `ruledOut`. */
export type Vote =
  | { readonly kind: 'yes'; readonly judgement: Unjudged<Judgement> }
  | { readonly kind: 'no'; readonly because: string };

export interface Rule {
  readonly verdict: VerdictName;
  readonly vote: (evidence: Evidence) => Vote;
}

export const no = (because: string): Vote => ({ kind: 'no', because });

/** Adds to a judgement why the other rules voted no. */
export function withRuledOut(judgement: Unjudged<Judgement>, ruledOut: readonly RuledOut[]): Judgement {
  return { ...judgement, ruledOut } as Judgement;
}
