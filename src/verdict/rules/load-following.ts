import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** A live set that moves with the work in hand: what rises with it will fall with it. */
export const loadFollowing: Rule = {
  verdict: 'load-following',
  vote({ heap, steady, load, thresholds }) {
    const trend = heap.overall;
    if (load === undefined || trend === undefined) return no('no load explains what growth does not');
    if (load.r2 < thresholds.loadR2) {
      return no(`${load.measure} explain ${Math.round(100 * Math.max(0, load.r2))} % of how the floor moved`);
    }
    if (load.swingBytes < thresholds.materialBytes) return no('the floor hardly moves with the load');
    if (steady !== undefined) return no('memory rises beyond what the load explains');
    return {
      kind: 'yes',
      judgement: {
        verdict: 'load-following',
        confidence: Math.round(Math.min(0.99, load.r2) * 100) / 100,
        because: `${load.measure} (${Math.round(load.from)} to ${Math.round(load.to)}) explain ${Math.round(100 * load.r2)} % of how the floor moved`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};
