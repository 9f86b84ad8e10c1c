import { median } from '../statistics/median.js';
import { assess } from './assessment.js';
import { busyPoints } from './busy-points.js';
import type { FloorPoint } from './floor-series.js';
import { risingSeconds } from './rules/rising.js';
import { withRuledOut, type Evidence } from './rules/rule.js';
import { rules } from './rules/rules.js';
import { floorOf, type Trend } from './trend.js';
import type { Judgement, RuledOut } from './verdict.js';

export interface JudgeInput {
  readonly nowMs: number;
  readonly points: readonly FloorPoint[];
  readonly majorGcs: number;
  readonly fillHorizonSeconds: number;
  readonly nextPointSeconds?: number;
}

/** Floors in, one verdict out: the first rule that says yes, with what every other rule said against itself. */
export function judge(input: JudgeInput): Judgement {
  const evidence = evidenceOf(input);
  const votes = rules.map((rule) => ({ rule, vote: rule.vote(evidence) }));
  const winner = votes.find(({ vote }) => vote.kind === 'yes');
  const ruledOut: RuledOut[] = votes.flatMap(({ rule, vote }) =>
    vote.kind === 'no' ? [{ verdict: rule.verdict, because: vote.because }] : [],
  );
  if (winner?.vote.kind !== 'yes') {
    return { verdict: 'insufficient-data', missing: ['a floor that a trend can be fitted to'], ruledOut: [] };
  }
  const { judgement } = winner.vote;
  // Too little to decide on is also too little to rule anything out.
  return withRuledOut(judgement, judgement.verdict === 'insufficient-data' ? [] : ruledOut);
}

/** What all floors say, or those between which there was traffic, if a rise is longer there and was not given back. */
function evidenceOf(input: JudgeInput): Evidence {
  const all = assessed(input, input.points);
  const points = busyPoints(input.points);
  if (points.length === input.points.length) return all;
  const busy = assessed(input, points);
  return runsOf(busy).every((run) => isHeld(run, busy, input)) && risenSeconds(busy) > risenSeconds(all)
    ? busy
    : all;
}

function assessed(input: JudgeInput, points: readonly FloorPoint[]): Evidence {
  return {
    ...input,
    points,
    heap: assess(points, 'heap-floor'),
    external: assess(points, 'external-floor'),
  };
}

function runsOf({ heap, external }: Evidence): Trend[] {
  return [heap.steady, external.steady].filter((run) => run !== undefined);
}

function risenSeconds(evidence: Evidence): number {
  return Math.max(0, ...runsOf(evidence).map((run) => risingSeconds(run, evidence.points)));
}

/** Whether the newest floors still hold most of what the run gained. */
function isHeld(run: Trend, { points }: Evidence, input: JudgeInput): boolean {
  const newest = median(input.points.slice(-3).map((point) => floorOf(point, run.signal)));
  return newest - floorOf(points[run.from]!, run.signal) >= run.riseBytes / 2;
}
