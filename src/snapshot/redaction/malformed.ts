import { TidemarkError } from '../../base/errors.js';

/** The error for a file that is no snapshot. The reason must name no content of the file: it is logged. */
export const malformed = (reason: string): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_REDACTION_MALFORMED', { reason });

export const overLimit = (reason: string): TidemarkError =>
  new TidemarkError('TIDEMARK_ERR_REDACTION_LIMIT', { reason });
