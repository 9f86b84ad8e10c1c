import type { ChildProcess } from 'node:child_process';
import type { TidemarkError } from '../../base/errors.js';

/** `fork` leaves the server running; the other two stop it while they walk the heap. */
export type WriterName = 'fork' | 'v8' | 'heapdump';

/**
 * Starts the process that reads the snapshot from its standard input, and returns it. `stdin` is what to give as
 * `stdio[0]`: a descriptor (the caller closes its own copy; the bytes then never pass through this process), or `'pipe'`.
 *
 * Called once for each attempt: a second one begins from the first byte, with a reader of its own. The reader of a
 * failed attempt sees its input end early.
 */
export type SpawnReader = (stdin: number | 'pipe') => ChildProcess;

export interface CaptureRequest {
  readonly spawnReader: SpawnReader;
  /** Cancels: the capture ends with `TIDEMARK_ERR_SNAPSHOT_CANCELLED` once everything is cleaned up. */
  readonly signal?: AbortSignal;
  /** Milliseconds an attempt may take from its fork; the watchdog's default otherwise. */
  readonly deadlineMs?: number;
}

/** Why an attempt came to nothing. */
export type AttemptFault =
  /** No progress for too long: killed. */
  | 'stalled'
  /** Over the deadline: killed. */
  | 'overdue'
  /** The writer crashed or gave up. */
  | 'died'
  /** Somebody else killed the child; in practice the kernel, for memory. */
  | 'killed'
  /** It could not begin here. */
  | 'refused'
  /** The reader went away. */
  | 'reader'
  | 'cancelled';

interface AttemptFacts {
  /** How background garbage collection was brought to rest before the fork; `none` where nothing is forked. */
  readonly preparation: 'settle' | 'collect' | 'none';
  /** The longest stretch for which this attempt blocked the event loop. */
  readonly pauseMs: number;
  /** From the start of the reader to the end of the writer. */
  readonly totalMs: number;
  /** Bytes of the snapshot, where known; in a fork as the kernel counts, which is a few too many. */
  readonly writtenBytes?: number;
  /** By how much a forked child grew over what it inherited: what walking the heap takes. Read ten times a second. */
  readonly addedBytes?: number;
}

export interface FailedAttempt extends AttemptFacts {
  readonly outcome: 'failed';
  readonly fault: AttemptFault;
  readonly detail: string;
}

export interface WrittenAttempt extends AttemptFacts {
  readonly outcome: 'written';
  /** It has been given everything, and may still be at work. */
  readonly reader: ChildProcess;
}

export type Attempt = WrittenAttempt | FailedAttempt;

interface CaptureFacts {
  readonly writer: WriterName;
  readonly attempts: readonly Attempt[];
  /** The longest stretch for which the event loop was blocked, over all attempts. */
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

/** One way to write a snapshot. Never rejects: whatever goes wrong is an outcome. */
export interface SnapshotWriter {
  readonly name: WriterName;
  capture(request: CaptureRequest): Promise<CaptureOutcome>;
}
