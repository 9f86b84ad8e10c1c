import type { CaptureOutcome } from '../writers/writer.js';

/** An expected value, and the range in which it mostly lies. */
export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What snapshots cost, as ratios. */
export interface SnapshotCosts {
  /** Bytes of the file for each byte of used heap. */
  readonly fileShare: Range;
  /** Memory that walking the heap takes, for each byte of the file. */
  readonly walkShare: Range;
  /** Nanoseconds that V8 works for each byte of the file. */
  readonly fileNs: Range;
  /** Milliseconds of a fork for each MiB of committed heap, on top of {@link FORK_LEAST_MS}. */
  readonly forkMsPerMib: Range;
  /** Captures of this process that were measured; 0 for {@link priorCosts}. */
  readonly captures: number;
}

/**
 * Measured on Node 20 to 26 with heaps of 4 to 220 MB: many small objects (2 B of file a heap byte, 11 B of memory a file
 * byte), applications as they start, and long strings (0.16 and 2). The ranges are wide because an application is one of
 * these, and only the first capture tells which.
 */
export const priorCosts: SnapshotCosts = {
  fileShare: { value: 0.9, low: 0.15, high: 2.1 },
  walkShare: { value: 6, low: 2, high: 11 },
  fileNs: { value: 65, low: 30, high: 150 },
  forkMsPerMib: { value: 0.2, low: 0.05, high: 0.45 },
  captures: 0,
};

/** Setting V8's flags, starting the reader and forking an empty process, in milliseconds. */
export const FORK_LEAST_MS = 4;

/** The next capture is expected within so much of the last: heaps change, machines are shared. */
const SPREAD = 0.25;

const around = (value: number): Range => ({
  value,
  low: value * (1 - SPREAD),
  high: value * (1 + SPREAD),
});

export interface CostObservation {
  readonly heapUsedBytes: number;
  readonly heapCommittedBytes: number;
  readonly outcome: CaptureOutcome;
}

const MIB = 1024 * 1024;

/**
 * The costs after one more capture. A ratio is learned only from a snapshot that was written and that measured it; only
 * the newest counts, because a heap that has changed has other ratios.
 */
export function learnCosts(costs: SnapshotCosts, observation: CostObservation): SnapshotCosts {
  const { outcome, heapUsedBytes, heapCommittedBytes } = observation;
  const attempt = outcome.attempts.at(-1);
  const fileBytes = outcome.outcome === 'written' ? outcome.writtenBytes : undefined;
  if (attempt === undefined || fileBytes === undefined || fileBytes <= 0 || heapUsedBytes <= 0) return costs;
  const forked = attempt.preparation === 'settle' && heapCommittedBytes > 0;
  return {
    fileShare: around(fileBytes / heapUsedBytes),
    walkShare: attempt.addedBytes === undefined ? costs.walkShare : around(attempt.addedBytes / fileBytes),
    fileNs: around((attempt.totalMs * 1e6) / fileBytes),
    forkMsPerMib: forked
      ? around((Math.max(0, attempt.pauseMs - FORK_LEAST_MS) * MIB) / heapCommittedBytes)
      : costs.forkMsPerMib,
    captures: costs.captures + 1,
  };
}
