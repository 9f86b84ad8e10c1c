import type { ChildProcess } from 'node:child_process';
import type { TidemarkError } from '../../base/errors.js';

/** `fork` leaves the server running; the other two stop it while they walk the heap. */
export type WriterName = 'fork' | 'v8' | 'heapdump';

/**
 * Starts the process that reads the snapshot from its standard input, and returns it. `stdin` is what to give as
 * `stdio[0]`: a descriptor (the caller closes its own copy; the bytes then never pass through this process), or `'pipe'`.
 *
 * Called once for each attempt: a second attempt starts from the first byte with a new reader. The input of a failed
 * attempt's reader ends early.
 */
export type SpawnReader = (stdin: number | 'pipe') => ChildProcess;

export interface CaptureRequest {
  readonly spawnReader: SpawnReader;
  /** Cancels: the capture ends with `TIDEMARK_ERR_SNAPSHOT_CANCELLED` once everything is cleaned up. */
  readonly signal?: AbortSignal;
}

/** Why an attempt failed. */
export type AttemptFault =
  /** Killed because it made no progress for too long. */
  | 'stalled'
  /** Killed at the deadline. */
  | 'overdue'
  /** The writer crashed or gave up. */
  | 'died'
  /** The child was killed from outside: in practice by the kernel, for memory. */
  | 'killed'
  /** It could not start here. */
  | 'refused'
  /** The reader went away. */
  | 'reader'
  | 'cancelled';

interface AttemptFacts {
  /** How background garbage collection was stopped before the fork; `none` where nothing is forked. */
  readonly preparation: 'settle' | 'collect' | 'none';
  /** The longest time for which this attempt blocked the event loop. */
  readonly pauseMs: number;
  /** From the start of the reader to the end of the writer. */
  readonly totalMs: number;
  /** Bytes of the snapshot, where known; for a fork the kernel's count, which is a few bytes too high. */
  readonly writtenBytes?: number;
  /** Memory that a forked child used on top of what it inherited: the cost of walking the heap. Read ten times a second. */
  readonly addedBytes?: number;
}

export interface FailedAttempt extends AttemptFacts {
  readonly outcome: 'failed';
  readonly fault: AttemptFault;
  readonly detail: string;
}

export interface WrittenAttempt extends AttemptFacts {
  readonly outcome: 'written';
  /** It has received everything and may still be working. */
  readonly reader: ChildProcess;
}

export type Attempt = WrittenAttempt | FailedAttempt;

interface CaptureFacts {
  readonly writer: WriterName;
  readonly attempts: readonly Attempt[];
  /** The longest time for which the event loop was blocked, over all attempts. */
  readonly pauseMs: number;
  readonly totalMs: number;
}

export interface CaptureWritten extends CaptureFacts {
  readonly outcome: 'written';
  readonly reader: ChildProcess;
  readonly writtenBytes?: number;
}

export interface CaptureFailed extends CaptureFacts {
  readonly outcome: 'failed';
  readonly error: TidemarkError;
}

export type CaptureOutcome = CaptureWritten | CaptureFailed;

/** One way to write a snapshot. Never rejects: every failure is an outcome. */
export interface SnapshotWriter {
  readonly name: WriterName;
  capture(request: CaptureRequest): Promise<CaptureOutcome>;
}
