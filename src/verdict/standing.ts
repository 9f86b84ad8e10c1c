import { STALLED_POINTS } from './assessment.js';
import type { FloorPoint } from './floors/floor-series.js';
import { risenUntil } from './stall.js';
import { defaultThresholds, type Thresholds } from './thresholds.js';
import { trendOf } from './trend.js';
import { isRising, type Judgement, type Rising } from './verdict.js';

/**
 * A leak verdict is kept while the growth continues, even if a floor or two deviate from its line. It is withdrawn when
 * the floor has stalled on the line that it was given for, or when the load explains the growth.
 *
 * @param called The last leak verdict by the rules alone.
 */
export function standing(
  called: Rising | undefined,
  judgement: Judgement,
  points: readonly FloorPoint[],
  { stallPace }: Thresholds = defaultThresholds,
): Judgement {
  if (called === undefined || isAllegation(judgement)) return judgement;
  if (judgement.verdict === 'load-following' || judgement.verdict === 'insufficient-data') return judgement;
  const { fromMs, toMs } = called.window;
  const run = points.filter(({ atMs }) => atMs >= fromMs);
  const then = trendOf(
    run.filter(({ atMs }) => atMs <= toMs),
    0,
    called.signal,
  );
  const now = trendOf(run, 0, called.signal);
  if (then === undefined || now === undefined) return judgement;
  // A pause of the traffic shows best whether requests or time explain the growth, and there may have been one since.
  const until = risenUntil({ ...then, run, onRequests: now.onRequests }, stallPace);
  if (run.indexOf(until) < run.length - STALLED_POINTS) return judgement;
  return {
    ...called,
    growth: isRising(judgement) && judgement.signal === called.signal ? judgement.growth : called.growth,
    window: {
      fromMs,
      toMs: run.at(-1)!.atMs,
      majorGcs: run.length,
      requests: run.at(-1)!.requests - run[0]!.requests,
    },
  };
}

/** Whether the verdict is a leak. */
export function isAllegation(
  judgement: Judgement,
): judgement is Rising & { verdict: 'leaking' | 'native-growth' } {
  return judgement.verdict === 'leaking' || judgement.verdict === 'native-growth';
}
