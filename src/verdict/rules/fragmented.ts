import { median } from '../../statistics/quantile.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { growthOf, windowOf } from './rising.js';
import { no, type Rule } from './rule.js';

/** What the runtime itself takes outside the heap: its binary, stacks and the allocator's reserves. */
const RUNTIME_BYTES = 64 * 1024 * 1024;
/** Every heap keeps some empty pages. */
const LEAST_BYTES = 64 * 1024 * 1024;

/** Memory that the process holds although little of it is in use, and that does not grow. */
export const fragmented: Rule = {
  verdict: 'fragmented',
  vote({ heap, points, fillHorizonSeconds }) {
    const trend = heap.recent ?? heap.overall;
    if (trend === undefined || heap.overall === undefined) return no('too few major GCs to fit a trend');
    // A young process may be about to use what it has reserved.
    if (heap.overall.seconds < fillHorizonSeconds)
      return no(`the process was observed for less than ${fillHorizonSeconds} s`);
    const recent = points.slice(-trend.run.length);
    const emptyBytes = median(recent.map(emptyOf));
    const liveBytes = median(recent.map((point) => point.heapBytes + point.externalBytes));
    if (!(emptyBytes > Math.max(LEAST_BYTES, liveBytes))) return no('most of the memory held is in use');
    return {
      kind: 'yes',
      judgement: {
        verdict: 'fragmented',
        confidence: Math.round(Math.min(0.99, 1 - liveBytes / emptyBytes / 2) * 100) / 100,
        because: `${Math.round(emptyBytes / (1024 * 1024))} MiB are held but unused; ${Math.round(liveBytes / (1024 * 1024))} MiB are in use`,
        window: windowOf(trend),
        growth: growthOf(trend),
      },
    };
  },
};

/** Committed but unused, in the heap and outside it. */
function emptyOf({ committedBytes, heapBytes, around }: FloorPoint): number {
  return committedBytes - heapBytes + Math.max(0, (around?.nativeBytes ?? 0) - RUNTIME_BYTES);
}
