import { TESTABLE_POINTS } from '../assessment.js';
import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** Share of the time in collections from which they are what the server does. */
const GC_SHARE = 0.1;

/** An allocation storm: much garbage, a flat floor, and collections that take much of the time. */
export const churning: Rule = {
  verdict: 'churning',
  vote({ heap, points }) {
    const trend = heap.recent ?? heap.overall;
    // What a process does in its first floors is to start.
    if (points.length < TESTABLE_POINTS) return no('too few floors were seen');
    const first = trend?.run[0];
    const last = trend?.run.at(-1);
    if (!trend || !first?.around || !last?.around || trend.seconds <= 0)
      return no('collections were not timed');
    const share = (last.around.gcSeconds - first.around.gcSeconds) / trend.seconds;
    const allocated = (last.around.allocatedBytes - first.around.allocatedBytes) / trend.seconds;
    if (share < GC_SHARE) return no(`collections take ${(100 * share).toFixed(1)} % of the time`);
    return {
      kind: 'yes',
      judgement: {
        verdict: 'churning',
        confidence: Math.round(Math.min(0.99, 1 - GC_SHARE / share / 2) * 100) / 100,
        because: `${Math.round(allocated / (1024 * 1024))} MiB are allocated a second, and collections take ${Math.round(100 * share)} % of the time`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};
