import { median } from '../../statistics/median.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** What the runtime itself takes beside the heap: its binary, stacks, and what the allocator keeps at hand. */
const RUNTIME_BYTES = 64 * 1024 * 1024;
/** Empty pages below this are what every heap keeps. */
const LEAST_BYTES = 64 * 1024 * 1024;

/** Memory that the process holds although little of it is live, and that does not grow. */
export const fragmented: Rule = {
  verdict: 'fragmented',
  vote({ heap, points, fillHorizonSeconds }) {
    const trend = heap.recent ?? heap.overall;
    if (trend === undefined || heap.overall === undefined) return no('no trend could be fitted');
    // What a young process holds and does not use, it may be about to use.
    if (heap.overall.seconds < fillHorizonSeconds)
      return no('the process has not been watched for long enough');
    const recent = points.slice(-trend.run.length);
    const emptyBytes = median(recent.map(emptyOf));
    const liveBytes = median(recent.map((point) => point.heapBytes + point.externalBytes));
    if (!(emptyBytes > Math.max(LEAST_BYTES, liveBytes))) return no('most of what is held is live');
    return {
      kind: 'yes',
      judgement: {
        verdict: 'fragmented',
        confidence: Math.round(Math.min(0.99, 1 - liveBytes / emptyBytes / 2) * 100) / 100,
        because: `${Math.round(emptyBytes / (1024 * 1024))} MiB are held beside ${Math.round(liveBytes / (1024 * 1024))} MiB that are live`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};

/** Committed and not used, in the heap and beside it. */
function emptyOf({ committedBytes, heapBytes, around }: FloorPoint): number {
  return committedBytes - heapBytes + Math.max(0, (around?.nativeBytes ?? 0) - RUNTIME_BYTES);
}
