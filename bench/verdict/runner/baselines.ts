import { leastSquares } from '../../../src/statistics/least-squares.js';
import type { Series } from '../server-messages.js';
import { isLeak } from './score.js';
import type { RunRecord } from './record.js';

/** The rule of node-memwatch: five major collections in a row that each left more than the one before. */
const GROWING_COLLECTIONS = 5;

export function memwatchAlleges({ points }: Series): boolean {
  let growing = 0;
  return points.some((point, i) => {
    const previous = points[i - 1];
    growing = previous !== undefined && point.heapBytes > previous.heapBytes ? growing + 1 : 0;
    return growing >= GROWING_COLLECTIONS;
  });
}

/** R² of the least-squares line through the used heap, negative for a line that falls. */
export function slopeScore({ heapUsed }: Series): number {
  const first = heapUsed[0];
  if (first === undefined || heapUsed.length < 3) return 0;
  const fit = leastSquares(
    heapUsed.map(([ms]) => (ms - first[0]) / 1000),
    heapUsed.map(([, bytes]) => bytes),
  );
  if (fit.kind !== 'line' || fit.totalSumOfSquares === 0) return 0;
  return Math.sign(fit.slope) * (1 - fit.residualSumOfSquares / fit.totalSumOfSquares);
}

/** The R² threshold that suits a corpus best. This is generous: in practice there is no corpus to tune it on. */
export function bestSlopeThreshold(runs: readonly RunRecord[]): number {
  const scored = runs.map((run) => ({ score: slopeScore(run.series), leak: isLeak(run.label) }));
  const right = (threshold: number): number =>
    scored.filter(({ score, leak }) => score >= threshold === leak).length;
  const candidates = scored.map(({ score }) => score).toSorted((a, b) => a - b);
  return candidates.reduce((best, one) => (right(one) > right(best) ? one : best), candidates[0] ?? 1);
}
