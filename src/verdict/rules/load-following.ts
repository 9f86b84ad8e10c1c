import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** Memory that follows the load: it will fall when the load does. */
export const loadFollowing: Rule = {
  verdict: 'load-following',
  vote({ heap, steady, load, thresholds }) {
    const trend = heap.overall;
    if (load === undefined || trend === undefined) return no('memory does not follow the load');
    if (load.r2 < thresholds.loadR2) {
      return no(
        `${load.measure} explain only ${Math.round(100 * Math.max(0, load.r2))} % of the change in memory`,
      );
    }
    if (load.swingBytes < thresholds.materialBytes) return no('memory hardly changes with the load');
    if (steady !== undefined) return no('memory rises more than the load explains');
    return {
      kind: 'yes',
      judgement: {
        verdict: 'load-following',
        confidence: Math.round(Math.min(0.99, load.r2) * 100) / 100,
        because: `${load.measure} (${Math.round(load.from)} to ${Math.round(load.to)}) explain ${Math.round(100 * load.r2)} % of the change in memory`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};
