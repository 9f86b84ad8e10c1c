import { median } from '../statistics/quantile.js';
import { assess, materialBytes, type Assessment, type Terms } from './assessment.js';
import { busyPoints } from './floors/busy-points.js';
import type { FloorPoint } from './floors/floor-series.js';
import { floorOf } from './floors/floor.js';
import { risingSeconds } from './horizon.js';
import { fitLoad } from './load/load-fit.js';
import { loadShareOf } from './load/load-share.js';
import { outlasts } from './rules/rising.js';
import { withRuledOut, type Evidence } from './rules/rule.js';
import { rules } from './rules/rules.js';
import { defaultThresholds, type Thresholds } from './thresholds.js';
import type { Trend } from './trend.js';
import type { Judgement, RuledOut } from './verdict.js';

export interface JudgeInput {
  readonly nowMs: number;
  readonly points: readonly FloorPoint[];
  readonly fillHorizonSeconds: number;
  readonly nextPointSeconds?: number;
  readonly thresholds?: Thresholds;
}

/** Floors in, one verdict out: that of the first rule that votes yes, with the reasons of the rules that voted no. */
export function judge(input: JudgeInput): Judgement {
  const evidence = evidenceOf(input);
  const votes = rules.map((rule) => ({ rule, vote: rule.vote(evidence) }));
  const winner = votes.find(({ vote }) => vote.kind === 'yes');
  const ruledOut: RuledOut[] = votes.flatMap(({ rule, vote }) =>
    vote.kind === 'no' ? [{ verdict: rule.verdict, because: vote.because }] : [],
  );
  if (winner?.vote.kind !== 'yes') {
    return {
      verdict: 'insufficient-data',
      missing: ['major GCs that a trend can be fitted to'],
      ruledOut: [],
    };
  }
  const { judgement } = winner.vote;
  // Too little to decide on is also too little to rule anything out.
  return withRuledOut(judgement, judgement.verdict === 'insufficient-data' ? [] : ruledOut);
}

/** Evidence from all floors, or from those with traffic between them if they show a longer rise that was not given back. */
function evidenceOf(input: JudgeInput): Evidence {
  const all = assessed(input, input.points);
  const points = busyPoints(input.points);
  if (points.length === input.points.length) return all;
  const busy = assessed(input, points);
  const isOver = busy.steady !== undefined && !isHeld(busy.steady, input);
  // A rise that requests explain stops while none come, however long the line through those floors is.
  const isBusier = all.steady?.onRequests === true || risenSeconds(busy) > risenSeconds(all);
  return !isOver && isBusier ? busy : all;
}

function assessed(input: JudgeInput, points: readonly FloorPoint[]): Evidence {
  const { thresholds = defaultThresholds, fillHorizonSeconds } = input;
  const terms = { thresholds, fillHorizonSeconds };
  const heap = assessLessLoad(points, 'heap-floor', terms);
  const external = assessLessLoad(points, 'external-floor', terms);
  // Without RSS nothing is known about memory outside the heap.
  const native = assess(points.every(hasNative) ? points : [], 'native-remainder', terms);
  const judged = { ...input, thresholds, points, heap, external, native };
  const measure = heap.loadApart ?? external.loadApart;
  return { ...judged, steady: steadyOf(judged), load: measure && fitLoad(points, measure) };
}

/** As `assess`, of the floors without what the current load holds. */
function assessLessLoad(
  points: readonly FloorPoint[],
  signal: 'heap-floor' | 'external-floor',
  terms: Terms,
): Assessment {
  const first = points[0];
  if (first === undefined) return assess(points, signal, terms);
  const share = loadShareOf(points, signal, materialBytes(floorOf(first, signal), signal, terms.thresholds));
  if (share.kind === 'none') return assess(points, signal, terms);
  if (share.kind === 'unknown') return { ...assess(points, signal, terms), risesWith: share.measure };
  const rest = { ...assess(share.rest, signal, terms), loadApart: share.measure };
  return share.restRises ? rest : { ...rest, steady: undefined, isExplained: true };
}

const hasNative = ({ around }: FloorPoint): boolean => around?.nativeBytes !== undefined;

/** A rise that has outlasted the horizon takes precedence over a younger one, however fast. */
function steadyOf(evidence: Omit<Evidence, 'steady' | 'load'>): Trend | undefined {
  const { heap, external, native } = evidence;
  const runs = [heap, external, native]
    .flatMap(({ steady }) => steady ?? [])
    .toSorted((a, b) => b.perSecond.value - a.perSecond.value);
  return runs.find((run) => outlasts(run, evidence).because === undefined) ?? runs[0];
}

function risenSeconds({ steady, thresholds }: Evidence): number {
  return steady === undefined ? 0 : risingSeconds(steady, thresholds);
}

/** Whether the newest floors, busy or not, still hold most of what the run gained. */
function isHeld({ run, signal, riseBytes }: Trend, { points }: JudgeInput): boolean {
  const began = points.find(({ monotonicMs }) => monotonicMs === run[0]!.monotonicMs) ?? run[0]!;
  const newest = median(points.slice(-3).map((point) => floorOf(point, signal)));
  return newest - floorOf(began, signal) >= riseBytes / 2;
}
