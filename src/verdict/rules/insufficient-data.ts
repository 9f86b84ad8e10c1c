import { isUndecided, TESTABLE_POINTS } from '../assessment.js';
import { MINIMUM_POINTS } from '../trend.js';
import { PROBE_SPACING_SECONDS } from '../probes/gc-probe.js';
import { no, type Rule } from './rule.js';

/** Too few major GCs to fit a trend, or to tell a rise from chance: the answer of the first minute. */
export const insufficientData: Rule = {
  verdict: 'insufficient-data',
  vote({ points, nextPointSeconds, heap, external, thresholds }) {
    const undecided = [heap, external].some((one) => isUndecided(one, thresholds));
    const missing = (undecided ? TESTABLE_POINTS : MINIMUM_POINTS) - points.length;
    if (missing <= 0) return no(`there were ${points.length} major GCs`);
    return {
      kind: 'yes',
      judgement: {
        verdict: 'insufficient-data',
        missing: [`${missing} more major ${missing === 1 ? 'GC' : 'GCs'}: live memory is read after each`],
        ...(nextPointSeconds !== undefined && {
          readyInSeconds: Math.ceil(nextPointSeconds + (missing - 1) * PROBE_SPACING_SECONDS),
        }),
      },
    };
  },
};
