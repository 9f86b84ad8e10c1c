import { median } from '../statistics/median.js';
import type { FloorPoint } from './floors/floor-series.js';
import { defaultThresholds, type Thresholds } from './thresholds.js';
import { floorOf } from './trend.js';
import { isRising, type Judgement, type Rising } from './verdict.js';

/** Floors whose median stands for a moment. */
const BLOCK = 3;

/**
 * A leak that was called one stays one while it goes on: a floor or two that bend its line are no reason to withdraw it.
 * It is withdrawn when the floor has gained less since than `stallPace` of what it would have, or the load explains it.
 *
 * @param called The last judgement by the rules alone that said so.
 */
export function standing(
  called: Rising | undefined,
  judgement: Judgement,
  points: readonly FloorPoint[],
  { stallPace }: Thresholds = defaultThresholds,
): Judgement {
  if (called === undefined || isAllegation(judgement)) return judgement;
  if (judgement.verdict === 'load-following' || judgement.verdict === 'insufficient-data') return judgement;
  const then = points.filter(({ atMs }) => atMs <= called.window.toMs).slice(-BLOCK);
  const since = points.filter(({ atMs }) => atMs > called.window.toMs).slice(-BLOCK);
  if (then.length === 0 || since.length === 0) return judgement;
  const { bytesPerSecond, bytesPerRequest } = called.growth;
  const gained = (read: (point: FloorPoint) => number): number =>
    median(since.map(read)) - median(then.map(read));
  const expected =
    bytesPerRequest === undefined
      ? (bytesPerSecond.value * gained(({ monotonicMs }) => monotonicMs)) / 1000
      : bytesPerRequest.value * gained(({ requests }) => requests);
  if (gained((point) => floorOf(point, called.signal)) < stallPace * expected) return judgement;
  const newest = points.at(-1)!;
  const first = points.find(({ atMs }) => atMs >= called.window.fromMs) ?? newest;
  return {
    ...called,
    growth: isRising(judgement) && judgement.signal === called.signal ? judgement.growth : called.growth,
    window: {
      ...called.window,
      toMs: newest.atMs,
      majorGcs: called.window.majorGcs + points.filter(({ atMs }) => atMs > called.window.toMs).length,
      requests: newest.requests - first.requests,
    },
  };
}

/** Whether the verdict is that something leaks. */
export function isAllegation(
  judgement: Judgement,
): judgement is Rising & { verdict: 'leaking' | 'native-growth' } {
  return judgement.verdict === 'leaking' || judgement.verdict === 'native-growth';
}
