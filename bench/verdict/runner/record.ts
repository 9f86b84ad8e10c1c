import type { RouteSuspect } from '../../../src/verdict/attribution/suspects.js';
import type { VerdictName, Estimate } from '../../../src/verdict/verdict.js';
import type { Label } from '../scenario.js';
import type { Series } from '../server-messages.js';
import type { Truth } from './truth.js';

export type Evidence = RouteSuspect['evidence'];

/** The scored part of one answer of `/memory/leak-detection`. */
export interface Answer {
  /** Since the traffic began. */
  readonly seconds: number;
  readonly verdict: VerdictName;
  readonly confidence?: number;
  readonly bytesPerSecond?: number;
  readonly routes: readonly {
    readonly route: string;
    readonly bytesPerRequest: Estimate;
    readonly share: number;
    /** What named it. Absent in runs recorded before there were retention windows. */
    readonly evidence?: Evidence;
  }[];
  readonly sites: readonly { readonly function: string; readonly file: string }[];
}

/** One run of one scenario. */
export interface RunRecord {
  readonly name: string;
  readonly family: string;
  readonly seed: number;
  readonly label: Label;
  readonly fillHorizonSeconds: number;
  readonly startedMs: number;
  readonly answers: readonly Answer[];
  readonly requests: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly unsent: number;
  readonly truth: Truth;
  readonly series: Series;
}
