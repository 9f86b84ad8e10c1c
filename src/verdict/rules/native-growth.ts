import { confidenceOf, growthOf, outlasts, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** Memory outside the heap (Buffers, addons, the allocator) that went on growing beyond the fill horizon without slowing. */
export const nativeGrowth: Rule = {
  verdict: 'native-growth',
  vote(evidence) {
    const { heap, external, native, steady } = evidence;
    if (external.steady === undefined && native.steady === undefined) {
      return no('memory outside the heap does not rise steadily');
    }
    if (steady === undefined || steady === heap.steady) return no('the heap grows faster');
    const { because } = outlasts(steady, evidence);
    if (because !== undefined) return no(because);
    return {
      kind: 'yes',
      judgement: {
        verdict: 'native-growth',
        confidence: confidenceOf(steady),
        signal: steady.signal,
        window: windowOf(steady),
        growth: growthOf(steady),
      },
    };
  },
};
