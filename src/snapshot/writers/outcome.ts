import { TidemarkError, type ErrorCode } from '../../base/errors.js';
import type { Attempt, AttemptFault, CaptureOutcome, FailedAttempt, WriterName } from './writer.js';

const codes: Readonly<Record<AttemptFault, ErrorCode>> = {
  stalled: 'TIDEMARK_ERR_SNAPSHOT_STALLED',
  overdue: 'TIDEMARK_ERR_SNAPSHOT_STALLED',
  died: 'TIDEMARK_ERR_SNAPSHOT_DIED',
  killed: 'TIDEMARK_ERR_SNAPSHOT_DIED',
  refused: 'TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE',
  reader: 'TIDEMARK_ERR_SNAPSHOT_READER',
  cancelled: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED',
};

/**
 * Whether another attempt may succeed. A child that was killed from outside was most likely killed for memory, and another
 * one would need as much.
 */
export function isWorthAnother({ fault }: FailedAttempt): boolean {
  return fault === 'stalled' || fault === 'overdue' || fault === 'died';
}

/** The outcome of a capture from its attempts, of which there is at least one; the last one decides. */
export function outcomeOf(writer: WriterName, attempts: readonly [Attempt, ...Attempt[]]): CaptureOutcome {
  const facts = {
    writer,
    attempts,
    pauseMs: Math.max(...attempts.map(({ pauseMs }) => pauseMs)),
    totalMs: attempts.reduce((sum, { totalMs }) => sum + totalMs, 0),
  };
  const last = attempts.at(-1) ?? attempts[0];
  if (last.outcome === 'failed') {
    const tries = attempts.length === 1 ? '' : ` (attempt ${attempts.length})`;
    const error = new TidemarkError(codes[last.fault], { reason: `${last.detail}${tries}` });
    return { outcome: 'failed', ...facts, error };
  }
  const { reader, writtenBytes } = last;
  return { outcome: 'written', ...facts, reader, ...(writtenBytes !== undefined && { writtenBytes }) };
}

/** The outcome of a capture that was refused before its first attempt. */
export function refusedOutcome(writer: WriterName, error: TidemarkError): CaptureOutcome {
  return { outcome: 'failed', writer, attempts: [], pauseMs: 0, totalMs: 0, error };
}
