import { confidenceOf, growthOf, outlasts, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** A heap that went on growing beyond the fill horizon without slowing. */
export const leaking: Rule = {
  verdict: 'leaking',
  vote(evidence) {
    const { heap, steady } = evidence;
    if (heap.steady === undefined) return no('the heap after GC does not rise steadily');
    if (steady !== heap.steady) return no('memory outside the heap grows faster');
    const { because } = outlasts(steady, evidence);
    if (because !== undefined) return no(because);
    return {
      kind: 'yes',
      judgement: {
        verdict: 'leaking',
        confidence: confidenceOf(steady),
        signal: 'heap-floor',
        window: windowOf(steady),
        growth: growthOf(steady),
      },
    };
  },
};
