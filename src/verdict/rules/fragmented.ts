import { median } from '../../statistics/median.js';
import { TESTABLE_POINTS } from '../assessment.js';
import type { FloorPoint } from '../floor-series.js';
import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** What the runtime itself takes beside the heap: its binary, stacks, and what the allocator keeps at hand. */
const RUNTIME_BYTES = 64 * 1024 * 1024;
/** Empty pages below this are what every heap keeps. */
const LEAST_BYTES = 64 * 1024 * 1024;

/** Memory that the process holds although little of it is live, and that does not grow. */
export const fragmented: Rule = {
  verdict: 'fragmented',
  vote({ heap, points }) {
    const trend = heap.recent ?? heap.overall;
    // What a process does in its first floors is to start.
    if (points.length < TESTABLE_POINTS) return no('too few floors were seen');
    if (trend === undefined) return no('no trend could be fitted');
    const recent = points.slice(trend.from);
    const emptyBytes = median(recent.map(emptyOf));
    const liveBytes = median(recent.map((point) => point.heapBytes + point.externalBytes));
    if (!(emptyBytes > Math.max(LEAST_BYTES, liveBytes))) return no('most of what is held is live');
    return {
      kind: 'yes',
      judgement: {
        verdict: 'fragmented',
        confidence: Math.round(Math.min(0.99, 1 - liveBytes / emptyBytes / 2) * 100) / 100,
        because: `${Math.round(emptyBytes / (1024 * 1024))} MiB are held beside ${Math.round(liveBytes / (1024 * 1024))} MiB that are live`,
        window: windowOf(trend, points),
        growth: growthOf(trend),
      },
    };
  },
};

/** Committed and not used, in the heap and beside it. */
function emptyOf({ committedBytes, heapBytes, around }: FloorPoint): number {
  return committedBytes - heapBytes + Math.max(0, (around?.nativeBytes ?? 0) - RUNTIME_BYTES);
}
