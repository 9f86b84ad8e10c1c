import { median } from '../statistics/median.js';
import { theilSenLine } from '../statistics/theil-sen.js';
import { floorOf } from './floors/floor.js';
import type { FloorPoint } from './floors/floor-series.js';
import { risenUntil } from './stall.js';
import type { Thresholds } from './thresholds.js';
import { MINIMUM_POINTS, type Trend } from './trend.js';

/** Seconds for which the floor has been seen to rise: from the onset to the last floor that still kept up with it. */
export function risingSeconds(trend: Trend, thresholds: Thresholds): number {
  return (risenUntil(trend, thresholds.stallPace).monotonicMs - trend.run[0]!.monotonicMs) / 1000;
}

/** Whether a rise went on for so long that it is no longer something that fills. */
export function outlastsFilling(trend: Trend, fillHorizonSeconds: number, thresholds: Thresholds): boolean {
  return risingSeconds(trend, thresholds) >= fillHorizonSeconds && roseAfter(trend, fillHorizonSeconds);
}

/** Standard errors by which floors have to lie above a level: one-sided 5 %, and far more where the newest one decides. */
const SURE_ERRORS = 1.645;
const SURE_ERRORS_OF_NEWEST = 5;
/** The standard error of a median is so many times that of the mean, under a normal law. */
const MEDIAN_ERROR = 1.2533;

/**
 * Whether the floor went on to rise after so many seconds of its run. The burden of proof is the rise's: one that ended
 * shortly before still looks like a line through its noise. It is asked at every floor, so that what hangs on the newest
 * alone has to be plainer.
 */
export function roseAfter(trend: Trend, seconds: number): boolean {
  return (
    errorsAbove(trend, trend.run.slice(0, -1), seconds) > SURE_ERRORS ||
    errorsAbove(trend, trend.run, seconds) > SURE_ERRORS_OF_NEWEST
  );
}

/** By how many standard errors the floors since lie above where the line of those before had come. */
function errorsAbove(
  { signal, onRequests, noiseBytes, varianceFactor }: Trend,
  run: readonly FloorPoint[],
  seconds: number,
): number {
  const second = (point: FloorPoint): number => (point.monotonicMs - run[0]!.monotonicMs) / 1000;
  const x = (point: FloorPoint): number => (onRequests ? point.requests : second(point));
  // Of a long history the beginning is thinned out; later floors then stand in for it, at the expense of the proof.
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
  // A leak goes on along its line; what lies far above it is a peak, and proves no more than the line would.
  const after = median(since.map((point) => Math.min(floorOf(point, signal), on(point) + noiseBytes)));
  // However alike neighbours are, their median errs by no more than one of them does.
  const error = noiseBytes * Math.min(1, MEDIAN_ERROR * Math.sqrt(varianceFactor / since.length));
  return after > then ? (after - then) / error : 0;
}
