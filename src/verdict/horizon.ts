import { median } from '../statistics/quantile.js';
import { theilSenLine } from '../statistics/theil-sen.js';
import { floorOf } from './floors/floor.js';
import type { FloorPoint } from './floors/floor-series.js';
import { risenUntil } from './stall.js';
import type { Thresholds } from './thresholds.js';
import { MINIMUM_POINTS, type Trend } from './trend.js';

/** Seconds for which the floor has risen: from the onset to the last floor that still followed the rise. */
export function risingSeconds(trend: Trend, thresholds: Thresholds): number {
  return (risenUntil(trend, thresholds.stallPace).monotonicMs - trend.run[0]!.monotonicMs) / 1000;
}

/** Whether a rise went on for longer than a cache takes to fill. */
export function outlastsFilling(trend: Trend, fillHorizonSeconds: number, thresholds: Thresholds): boolean {
  return risingSeconds(trend, thresholds) >= fillHorizonSeconds && roseAfter(trend, fillHorizonSeconds);
}

/** Standard errors by which floors must exceed a level: one-sided 5 %, and far more where the newest floor decides. */
const SURE_ERRORS = 1.645;
const SURE_ERRORS_OF_NEWEST = 5;
/** Standard error of a median relative to that of a mean, for a normal distribution. */
const MEDIAN_ERROR = 1.2533;

/**
 * Whether the floor still rose after this many seconds of its run. The rise has to prove it: one that ended shortly before
 * still looks like a line through its noise. This is asked at every floor, so a change visible only in the newest floor
 * needs stronger evidence.
 */
export function roseAfter(trend: Trend, seconds: number): boolean {
  return (
    errorsAbove(trend, trend.run.slice(0, -1), seconds) > SURE_ERRORS ||
    errorsAbove(trend, trend.run, seconds) > SURE_ERRORS_OF_NEWEST
  );
}

/** Standard errors by which the later floors exceed the level that the line of the earlier ones had reached. */
function errorsAbove(
  { signal, onRequests, noiseBytes, varianceFactor }: Trend,
  run: readonly FloorPoint[],
  seconds: number,
): number {
  const second = (point: FloorPoint): number => (point.monotonicMs - run[0]!.monotonicMs) / 1000;
  const x = (point: FloorPoint): number => (onRequests ? point.requests : second(point));
  // The beginning of a long history is thinned out; later floors then replace it, which makes the proof harder.
  const ended = run.findIndex((point) => second(point) > seconds);
  const cut = Math.max(ended < 0 ? run.length : ended, MINIMUM_POINTS);
  const [until, since] = [run.slice(0, cut), run.slice(cut)];
  const line = theilSenLine(
    until.map(x),
    until.map((point) => floorOf(point, signal)),
  );
  if (since.length === 0 || line.kind === 'insufficient') return 0;
  const on = (point: FloorPoint): number => line.intercept + line.slope * x(point);
  const then = on(until.at(-1)!);
  // A leak continues along its line; a floor far above it is a peak and proves no more than the line would.
  const after = median(since.map((point) => Math.min(floorOf(point, signal), on(point) + noiseBytes)));
  // However correlated the floors are, their median errs by no more than one of them does.
  const error = noiseBytes * Math.min(1, MEDIAN_ERROR * Math.sqrt(varianceFactor / since.length));
  return after > then ? (after - then) / error : 0;
}
