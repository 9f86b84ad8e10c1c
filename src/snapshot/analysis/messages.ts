import { errorTable, TidemarkError, type ErrorCode } from '../../base/errors.js';
import type { HeapComparison } from '../../heap/comparison/compare.js';
import type { HeapSummary } from '../../heap/summary/summary.js';
import type { SnapshotDescription, SnapshotMetadata } from '../store/metadata.js';
import type { SnapshotQuota } from '../store/quota.js';

/** Where snapshots are kept. */
export interface StorePlace {
  readonly directory: string;
  readonly quota: SnapshotQuota;
}

/** Reads a snapshot from the standard input and stores it. */
export interface StoreTask extends StorePlace {
  readonly kind: 'store';
  readonly redact: boolean;
  /** Predicted size of the raw snapshot, for the progress. */
  readonly expectedBytes: number;
}

/** Finds what holds the memory of a stored snapshot. */
export interface AnalyzeTask extends StorePlace {
  readonly kind: 'analyze';
  readonly id: string;
}

/** Finds what grew from the first to the last of stored snapshots. */
export interface CompareTask extends StorePlace {
  readonly kind: 'compare';
  readonly ids: readonly string[];
}

export type AnalysisTask = StoreTask | AnalyzeTask | CompareTask;

/** The result of each task. */
export interface TaskResults {
  readonly store: SnapshotMetadata;
  readonly analyze: HeapSummary;
  readonly compare: HeapComparison;
}

/** An error on its way between two processes. */
export interface Fault {
  readonly code: ErrorCode;
  readonly reason?: string;
}

/** From the child. */
export type ChildMessage =
  | { readonly type: 'progress'; readonly share: number; readonly step: string }
  | { readonly type: 'done'; readonly result: TaskResults[keyof TaskResults] }
  | { readonly type: 'failed'; readonly fault: Fault };

/** To the child: what is known only after the snapshot was written. */
export interface ParentMessage {
  readonly type: 'describe';
  readonly description: SnapshotDescription;
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof TidemarkError)) return { code: 'TIDEMARK_ERR_INTERNAL', reason: String(error) };
  const { code, message } = error;
  const reason = message.slice(errorTable[code].message.length + 2);
  return reason === '' ? { code } : { code, reason };
}

export function errorOf({ code, reason }: Fault): TidemarkError {
  return new TidemarkError(code, reason === undefined ? {} : { reason });
}
