import { rises, TESTABLE_POINTS } from '../assessment.js';
import { confidenceOf, growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** A floor that rises ever more slowly: a bounded cache or a warm-up that approaches its plateau. */
export const filling: Rule = {
  verdict: 'filling',
  vote({ heap, external, thresholds, fillHorizonSeconds }) {
    for (const { overall, recent, steady, signal, isExplained } of [heap, external]) {
      if (steady !== undefined || isExplained || overall === undefined || recent === undefined) continue;
      // Slowing needs more floors to show than rising does, and an uneven rise is not slowing yet.
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
      ? no('memory after GC is not rising')
      : no('growth has not slowed down');
  },
};

/** Until two horizons have passed, a rise that slows may be a warm-up that hides a leak. */
function confidenceAfter(horizons: number): number {
  return Math.round(Math.max(0.5, horizons / 2) * 100) / 100;
}
