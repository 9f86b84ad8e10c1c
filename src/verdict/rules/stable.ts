import { growthOf, windowOf } from './rising.js';
import type { Rule } from './rule.js';

/** The verdict when no floor rises. Confidence grows with the number of floors: a few do not show a slow leak. */
export const stable: Rule = {
  verdict: 'stable',
  vote({ heap, points }) {
    const trend = heap.recent ?? heap.overall;
    if (trend === undefined) return { kind: 'no', because: 'too few major GCs to fit a trend' };
    return {
      kind: 'yes',
      judgement: {
        verdict: 'stable',
        confidence: Math.round(Math.max(0.5, 1 - 2 / points.length) * 100) / 100,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};
