import { TESTABLE_POINTS } from '../assessment.js';
import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** From this share of the time on, GC is what slows the server. */
const GC_SHARE = 0.1;

/** An allocation storm: much garbage, a flat floor, and much time spent in GC. */
export const churning: Rule = {
  verdict: 'churning',
  vote({ heap, points }) {
    const trend = heap.recent ?? heap.overall;
    // The first collections are those of the start.
    if (points.length < TESTABLE_POINTS) return no('too few major GCs so far');
    const first = trend?.run[0];
    const last = trend?.run.at(-1);
    if (!trend || !first?.around || !last?.around || trend.seconds <= 0) return no('GC times are missing');
    const share = (last.around.gcSeconds - first.around.gcSeconds) / trend.seconds;
    const allocated = (last.around.allocatedBytes - first.around.allocatedBytes) / trend.seconds;
    if (share < GC_SHARE) return no(`GC takes ${(100 * share).toFixed(1)} % of the time`);
    return {
      kind: 'yes',
      judgement: {
        verdict: 'churning',
        confidence: Math.round(Math.min(0.99, 1 - GC_SHARE / share / 2) * 100) / 100,
        because: `the server allocates ${Math.round(allocated / (1024 * 1024))} MiB/s, and GC takes ${Math.round(100 * share)} % of the time`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};
