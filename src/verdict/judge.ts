import { assess } from './assessment.js';
import type { FloorPoint } from './floor-series.js';
import { withRuledOut } from './rules/rule.js';
import { rules } from './rules/rules.js';
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
  const evidence = {
    ...input,
    heap: assess(input.points, 'heap-floor'),
    external: assess(input.points, 'external-floor'),
  };
  const votes = rules.map((rule) => ({ rule, vote: rule.vote(evidence) }));
  const winner = votes.find(({ vote }) => vote.kind === 'yes');
  const ruledOut: RuledOut[] = votes.flatMap(({ rule, vote }) =>
    vote.kind === 'no' ? [{ verdict: rule.verdict, because: vote.because }] : [],
  );
  if (winner?.vote.kind !== 'yes') {
    return { verdict: 'insufficient-data', missing: ['a floor that a trend can be fitted to'], ruledOut };
  }
  return withRuledOut(winner.vote.judgement, ruledOut);
}
