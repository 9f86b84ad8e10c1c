import type { ErrorCode } from '../../base/errors.js';
import type { Place } from '../place.js';
import type { Estimate } from '../../statistics/poisson.js';

/**
 * What a session could not measure: `start` and `end` are whole readings, `sites` and `retained` parts of them, and
 * `sites-before-restart` is what was allocated before an interruption of the sampling.
 */
export type LimitedPart = 'start' | 'end' | 'sites' | 'sites-before-restart' | 'retained';

export interface Limitation {
  readonly part: LimitedPart;
  /** Code of the matching error. */
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A function that allocated memory during the session which was still alive at the end. */
export interface SessionSite extends Place {
  readonly kind: string;
  readonly package?: string;
  /** Allocated during the session and alive at its end; sampled. */
  readonly newLiveBytes: number;
  readonly newLiveSamples: number;
  /** New bytes less old bytes that died, with the 95 % interval. */
  readonly growthBytes: Estimate;
  /** Share of the growth of all sites that grew, 0 to 1. */
  readonly share: number;
  /** The allocating frame first. */
  readonly stack: readonly string[];
}

/**
 * What one operation allocated and kept. V8 does not track owners: all figures cover the whole process between the two
 * readings, and `overlapping` and `requests` say what else ran meanwhile.
 */
export interface ProfileSession {
  readonly id: string;
  readonly name: string;
  /** `failed`: the operation threw; the figures are valid anyway. */
  readonly status: 'completed' | 'failed';
  /** Name and code of the thrown error. Its message may hold data not meant for every reader of diagnostics. */
  readonly error?: { readonly name: string; readonly code?: string };
  /** ISO 8601. */
  readonly startedAt: string;
  /** Duration of the operation, without the readings around it. */
  readonly durationMs: number;
  /** Heap and external together: the difference of two floors, each after a full collection. */
  readonly retainedBytes?: number;
  readonly retainedHeapBytes?: number;
  readonly retainedExternalBytes?: number;
  /** Estimate of all heap allocations meanwhile, garbage included. */
  readonly allocatedBytes?: number;
  /** Allocated meanwhile and alive at the end, by all sites; sampled. */
  readonly newLiveBytes?: number;
  readonly samplingIntervalBytes?: number;
  /** Greatest growth first. */
  readonly sites?: readonly SessionSite[];
  /** Number of further sites that grew. */
  readonly omittedSites?: number;
  /** Requests that the server completed meanwhile. */
  readonly requests?: number;
  /** Other sessions that overlapped with this one. */
  readonly overlapping: number;
  /** How long the readings blocked the thread; those shared with other sessions count for each. */
  readonly pauseMs: number;
  /** Empty if everything could be measured. */
  readonly limitations: readonly Limitation[];
}

/** A session in a list. */
export type SessionSummary = Omit<ProfileSession, 'sites' | 'omittedSites'> & {
  readonly siteCount: number;
  /** Whether everything could be measured. */
  readonly complete: boolean;
};

export function summaryOf({ sites, omittedSites = 0, ...session }: ProfileSession): SessionSummary {
  const siteCount = (sites?.length ?? 0) + omittedSites;
  return { ...session, siteCount, complete: session.limitations.length === 0 };
}
