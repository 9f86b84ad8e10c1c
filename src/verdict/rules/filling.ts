import { rises, TESTABLE_POINTS } from '../assessment.js';
import { confidenceOf, growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** A floor that rose and is slowing: a bounded cache or a warm-up on its way to its plateau. */
export const filling: Rule = {
  verdict: 'filling',
  vote({ heap, external, thresholds, fillHorizonSeconds }) {
    for (const { overall, recent, steady, signal, isExplained } of [heap, external]) {
      if (steady !== undefined || isExplained || overall === undefined || recent === undefined) continue;
      // To slow down takes more floors than to rise, and what rises unevenly is not slowing yet.
      if (overall.run.length < TESTABLE_POINTS || overall.pace >= thresholds.steadyPace) continue;
      if (rises(overall, thresholds) && rises(recent, thresholds)) {
        return {
          kind: 'yes',
          judgement: {
            verdict: 'filling',
            confidence: Math.min(confidenceOf(recent), confidenceAfter(overall.seconds / fillHorizonSeconds)),
            signal,
            window: windowOf(overall),
            growth: growthOf(recent),
          },
        };
      }
    }
    return heap.steady === undefined && external.steady === undefined
      ? no('the newest floors do not rise')
      : no('growth did not slow over the window');
  },
};

/** Until two horizons have passed, what slows down may be the end of a warm-up with a leak behind it. */
function confidenceAfter(horizons: number): number {
  return Math.round(Math.max(0.5, horizons / 2) * 100) / 100;
}
