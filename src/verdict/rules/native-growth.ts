import { confidenceOf, growthOf, risingSeconds, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** External memory (Buffers and what addons report) that outlasted the fill horizon without slowing. */
export const nativeGrowth: Rule = {
  verdict: 'native-growth',
  vote({ external, points, fillHorizonSeconds }) {
    const { steady } = external;
    if (steady === undefined) return no('external memory does not rise steadily');
    const seconds = risingSeconds(steady, points);
    if (seconds < fillHorizonSeconds) {
      return no(
        `external memory has risen for ${Math.round(seconds)} s of the ${fillHorizonSeconds} s horizon`,
      );
    }
    return {
      kind: 'yes',
      judgement: {
        verdict: 'native-growth',
        confidence: confidenceOf(steady),
        signal: 'external-floor',
        window: windowOf(steady, points),
        growth: growthOf(steady),
      },
    };
  },
};
