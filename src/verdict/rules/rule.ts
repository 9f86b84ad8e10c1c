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
  /** The fastest steady rise, of those that outlasted the horizon if any did. */
  readonly steady: Trend | undefined;
  /** How the load that has a share in the floors explains them alone. */
  readonly load: LoadFit | undefined;
  readonly thresholds: Thresholds;
  readonly fillHorizonSeconds: number;
  /** Seconds until the next exact point is due, when one is. */
  readonly nextPointSeconds?: number;
}

type Unjudged<T> = T extends Judgement ? Omit<T, 'ruledOut'> : never;

/** A rule says yes with a judgement, or no with the reason a reader is given under `ruledOut`. */
export type Vote =
  | { readonly kind: 'yes'; readonly judgement: Unjudged<Judgement> }
  | { readonly kind: 'no'; readonly because: string };

export interface Rule {
  readonly verdict: VerdictName;
  readonly vote: (evidence: Evidence) => Vote;
}

export const no = (because: string): Vote => ({ kind: 'no', because });

/** Completes a judgement with what the other rules said. */
export function withRuledOut(judgement: Unjudged<Judgement>, ruledOut: readonly RuledOut[]): Judgement {
  return { ...judgement, ruledOut } as Judgement;
}
