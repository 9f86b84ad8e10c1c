import type { HolderSuspect } from '../../snapshot/service/deep-look.js';
import type { EffectiveLimit } from '../../measure/reading.js';
import type { ResourceSuspect, RouteSuspect, SiteSuspect } from '../../verdict/attribution/suspects.js';
import type { Estimate, RuledOut, Signal, VerdictName } from '../../verdict/verdict.js';
import type { NextStep } from '../curl-step.js';

export type RouteSuspectView = Omit<RouteSuspect, 'index'>;
export type SiteView = SiteSuspect;

/** The answer of `/memory/leak-detection`. Fields that a class cannot have are absent. */
export type VerdictAnswer = {
  readonly verdict: VerdictName;
  readonly confidence?: number;
  /** Of a class that does not rise: what speaks for it, in a sentence. */
  readonly because?: string;
  readonly signal?: Signal;
  /** Of `insufficient-data`. */
  readonly missing?: readonly string[];
  readonly readyInSeconds?: number;
  readonly window?: WindowView;
  readonly growth?: { readonly bytesPerSecond: Estimate; readonly bytesPerRequest?: Estimate };
  readonly limit?: EffectiveLimit;
  /** Of `growing`: when the fill horizon ends. */
  readonly decidedAt?: string;
  /** A growth so slow that it ends after the last date that can be written has no `at`. */
  readonly exhaustion?: { readonly at?: string; readonly inSeconds: Estimate };
  readonly suspects?: {
    readonly routes: readonly RouteSuspectView[];
    readonly sites: readonly SiteView[];
    readonly resources: readonly ResourceSuspect[];
    readonly holders: readonly HolderView[];
  };
  /** What the verdict had to do without; absent when nothing is missing. */
  readonly lacks?: readonly Lack[];
  readonly ruledOut: readonly RuledOut[];
  readonly next: readonly NextStep[];
};

/** A part that a verdict had to do without, and why. */
export interface Lack {
  readonly part: 'profile' | 'requests' | 'routes' | 'probes' | 'time';
  readonly because: string;
}

/** Who holds what grew, as two snapshots told. */
export interface HolderView extends HolderSuspect {
  /** Whether its path names a file that a suspect line is in. */
  readonly agreesWithSites: boolean;
}

export type WindowView = {
  readonly from: string;
  readonly to: string;
  readonly majorGcs: number;
  readonly requests: number;
};
