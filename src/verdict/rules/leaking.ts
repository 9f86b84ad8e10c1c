import { confidenceOf, growthOf, risingSeconds, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** Heap retention that outlasted the fill horizon without slowing. */
export const leaking: Rule = {
  verdict: 'leaking',
  vote({ heap, points, fillHorizonSeconds }) {
    const { steady } = heap;
    if (steady === undefined) return no('the heap floor does not rise steadily');
    const seconds = risingSeconds(steady, points);
    if (seconds < fillHorizonSeconds) {
      return no(
        `the floor has risen for ${Math.round(seconds)} s; a cache that fills cannot be told from a leak before ${fillHorizonSeconds} s`,
      );
    }
    return {
      kind: 'yes',
      judgement: {
        verdict: 'leaking',
        confidence: confidenceOf(steady),
        signal: 'heap-floor',
        window: windowOf(steady, points),
        growth: growthOf(steady),
      },
    };
  },
};
