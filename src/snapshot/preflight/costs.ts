import type { CaptureOutcome } from '../writers/writer.js';

/** What is expected, and the range it lies in most of the time. */
export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What snapshots cost, as ratios; plain data, so that one process can hand it to its successor. */
export interface SnapshotCosts {
  /** Bytes of the file for each byte of used heap. */
  readonly fileShare: Range;
  /** Memory that walking the heap takes, for each byte of the file. */
  readonly walkShare: Range;
  /** Nanoseconds that V8 is at work, for each byte of the file. */
  readonly fileNs: Range;
  /** Milliseconds of a fork, for each MiB of committed heap, beside {@link FORK_LEAST_MS}. */
  readonly forkMsPerMib: Range;
  /** Captures that this rests on; 0 is what was measured elsewhere. */
  readonly captures: number;
}

/**
 * Measured on Node 20 to 26 with heaps of 4 to 220 MB: many small objects (2 B of file a heap byte, 11 B of memory a file
 * byte), applications as they start, and long strings (0.16 and 2). The ranges are wide because an application is one of
 * these, and nothing cheap says which; the first capture does.
 */
export const priorCosts: SnapshotCosts = {
  fileShare: { value: 0.9, low: 0.15, high: 2.1 },
  walkShare: { value: 6, low: 2, high: 11 },
  fileNs: { value: 65, low: 30, high: 150 },
  forkMsPerMib: { value: 0.2, low: 0.05, high: 0.45 },
  captures: 0,
};

/** Bytes of the file for one object: 76 to 102 were measured. */
export const FILE_BYTES_PER_OBJECT: Range = { value: 90, low: 75, high: 105 };

/** Setting the switches, starting the reader, forking an empty process; in milliseconds. */
export const FORK_LEAST_MS = 4;

/** One capture's figures stand for the next with so much to either side: heaps change, machines are shared. */
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
 * The costs after one more capture. Only a snapshot that was written tells anything, and each ratio is learned only from
 * captures that measured it; the newest counts alone, because a heap that has changed has other ratios.
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
