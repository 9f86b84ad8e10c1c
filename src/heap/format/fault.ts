import { TidemarkError } from '../../base/errors.js';

/** The file is not what it should be; `reason` says what was found. */
export function invalid(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_HEAP_INVALID', { reason });
}

/** The file ends before it is complete. */
export function truncated(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_HEAP_TRUNCATED', { reason });
}

/** The file has more of something than may be read. */
export function beyondLimit(what: string, limit: number): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_HEAP_LIMIT', { reason: `more than ${limit} ${what}` });
}
