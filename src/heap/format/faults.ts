import { TidemarkError, type ErrorCode } from '../../base/errors.js';

/** Errors for one user of the format. Each has its own codes, and the redaction must not repeat file content. */
export interface Faults {
  /** The file is malformed. Only `found` quotes it. */
  invalid(reason: string, found?: string): TidemarkError;
  /** The file exceeds a limit. */
  beyondLimit(what: string, limit: number): TidemarkError;
}

export function createFaults(invalidCode: ErrorCode, limitCode: ErrorCode, { quotes = true } = {}): Faults {
  return {
    invalid(reason, found) {
      return new TidemarkError(invalidCode, {
        reason: found === undefined || !quotes ? reason : `${reason}: ${found}`,
      });
    },
    beyondLimit(what, limit) {
      return new TidemarkError(limitCode, { reason: `more than ${limit} ${what}` });
    },
  };
}

/** The errors of the heap engine. */
export const heapFaults = createFaults('TIDEMARK_ERR_HEAP_INVALID', 'TIDEMARK_ERR_HEAP_LIMIT');
export const { invalid, beyondLimit } = heapFaults;

/** The file ends early. */
export function truncated(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_HEAP_TRUNCATED', { reason });
}
