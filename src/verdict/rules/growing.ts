import { confidenceOf, growthOf, risingSeconds, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** Retention that grows steadily while nothing yet tells a leak from something that fills. */
export const growing: Rule = {
  verdict: 'growing',
  vote({ steady, points, thresholds, fillHorizonSeconds, nowMs }) {
    if (steady === undefined) return no('no floor rises steadily');
    const left = Math.max(0, fillHorizonSeconds - risingSeconds(steady, points, thresholds));
    return {
      kind: 'yes',
      judgement: {
        verdict: 'growing',
        confidence: confidenceOf(steady),
        signal: steady.signal,
        window: windowOf(steady, points),
        growth: growthOf(steady),
        decidedAtMs: nowMs + left * 1000,
      },
    };
  },
};
