import { createFaults } from '../../heap/format/faults.js';

export interface RedactionLimits {
  readonly maxNodes: number;
  readonly maxEdges: number;
  readonly maxStrings: number;
  /** References from code to strings that are kept as evidence; beyond it names are redacted. */
  readonly maxEvidence: number;
  /** UTF-16 units of names and words of code that are held until the end. Beyond it names are redacted. */
  readonly maxHeldText: number;
}

export const DEFAULT_LIMITS: RedactionLimits = {
  maxNodes: 2 ** 27,
  maxEdges: 2 ** 29,
  maxStrings: 2 ** 27,
  maxEvidence: 2 ** 23,
  maxHeldText: 2 ** 26,
};

/** What is refused, and why. Reasons are logged, so they name no content of the file. */
export const faults = createFaults('TIDEMARK_ERR_REDACTION_MALFORMED', 'TIDEMARK_ERR_REDACTION_LIMIT', {
  quotes: false,
});
export const malformed = (reason: string): Error => faults.invalid(reason);
