import type { VerdictName } from '../../../src/verdict/verdict.js';
import { bestSlopeThreshold, memwatchAlleges, slopeScore } from './baselines.js';
import type { Evidence, RunRecord } from './record.js';
import { isLeak, isRight, scoreRun, type NamedRoute, type Score } from './score.js';

/** How well a detector separates leaks from innocents. */
export interface Detection {
  readonly name: string;
  readonly found: number;
  readonly leaks: number;
  readonly falseAlarms: number;
  readonly innocents: number;
}

export interface Proportion {
  readonly right: number;
  readonly of: number;
}

/** The number of right verdicts among those with a confidence in a range. */
export interface Reliability extends Proportion {
  readonly from: number;
  readonly to: number;
  readonly meanConfidence: number;
}

/** How right the routes are that one kind of evidence named in the last answers. */
export interface Naming {
  readonly evidence: Evidence;
  readonly routes: Proportion;
  readonly bytes: Proportion;
}

export interface Summary {
  readonly runs: number;
  readonly scores: readonly Score[];
  readonly detections: readonly Detection[];
  readonly classes: Proportion;
  readonly routes: Proportion;
  /** Of the rightly called leaks: those whose last answer names a wrong route, and not only too few. */
  readonly wrongRoutes: Proportion;
  /** Of all leaks: those of which some answer named a wrong route. */
  readonly everWrongRoutes: Proportion;
  readonly namings: readonly Naming[];
  readonly sites: Proportion;
  readonly bytes: Proportion;
  /** Counts by expected verdict, then by given verdict. */
  readonly confusion: ReadonlyMap<VerdictName, ReadonlyMap<VerdictName, number>>;
  readonly reliability: readonly Reliability[];
}

const BYTES_TOLERANCE = 0.2;
const isClose = (error: number): boolean => Math.abs(error) <= BYTES_TOLERANCE;
const EVIDENCE: readonly Evidence[] = ['window', 'regression'];
const CONFIDENCE_EDGES = [0, 0.7, 0.8, 0.9, 0.95, 1.01];
/** Earlier answers are about the warm-up, which has no label. */
const SCORED_FROM_SECONDS = 30;

export function summarize(runs: readonly RunRecord[]): Summary {
  const scores = runs.map(scoreRun);
  const threshold = bestSlopeThreshold(runs);
  const bytesErrors = scores.flatMap((score) => score.bytesErrors);
  return {
    runs: runs.length,
    scores,
    detections: [
      detection(
        'Tidemark',
        scores.map(({ alleged }) => alleged),
        runs,
      ),
      detection(
        "memwatch's rule",
        runs.map(({ series }) => memwatchAlleges(series)),
        runs,
      ),
      detection(
        `least squares, R² ≥ ${threshold.toFixed(2)}`,
        runs.map(({ series }) => slopeScore(series) >= threshold),
        runs,
      ),
    ],
    classes: proportion(scores.map(({ classRight }) => classRight)),
    routes: proportion(scores.flatMap(({ routeRight }) => routeRight ?? [])),
    wrongRoutes: proportion(
      scores.flatMap(({ routeRight, named }) => (routeRight === undefined ? [] : namesWrongly(named))),
    ),
    everWrongRoutes: proportion(
      scores.filter(({ isLeak: leak }) => leak).map(({ wrongAnswers }) => wrongAnswers > 0),
    ),
    namings: EVIDENCE.map((evidence) => namingBy(evidence, scores)),
    sites: proportion(scores.flatMap(({ siteRight }) => siteRight ?? [])),
    bytes: proportion(bytesErrors.map(isClose)),
    confusion: confusionOf(scores),
    reliability: reliabilityOf(runs),
  };
}

export const precision = ({ found, falseAlarms }: Detection): number => found / (found + falseAlarms);
export const recall = ({ found, leaks }: Detection): number => found / leaks;
export const shareOf = ({ right, of }: Proportion): number => right / of;

const below = (one: Proportion, aim: number): boolean => one.of > 0 && shareOf(one) < aim;

/** Whether an aim is missed by whole runs; differences of a few seconds or percent are only reported. */
export function isMissed({ detections, classes, routes, wrongRoutes, sites, bytes }: Summary): boolean {
  const own = detections[0]!;
  return (
    precision(own) < 0.98 ||
    recall(own) < 0.98 ||
    own.falseAlarms > 0 ||
    below(classes, 0.95) ||
    below(routes, 0.98) ||
    wrongRoutes.right > 0 ||
    below(sites, 0.98) ||
    below(bytes, 0.9)
  );
}

function detection(name: string, alleged: readonly boolean[], runs: readonly RunRecord[]): Detection {
  const leaks = runs.map(({ label }) => isLeak(label));
  const count = (leak: boolean, allegation: boolean): number =>
    alleged.filter((one, i) => leaks[i] === leak && one === allegation).length;
  return {
    name,
    found: count(true, true),
    leaks: count(true, true) + count(true, false),
    falseAlarms: count(false, true),
    innocents: count(false, true) + count(false, false),
  };
}

export function namesWrongly(named: readonly NamedRoute[]): boolean {
  return named.some(({ isRight }) => !isRight);
}

function namingBy(evidence: Evidence, scores: readonly Score[]): Naming {
  const named = scores.flatMap((score) => score.named).filter((one) => one.evidence === evidence);
  return {
    evidence,
    routes: proportion(named.map(({ isRight }) => isRight)),
    bytes: proportion(
      named.flatMap(({ bytesError }) => (bytesError === undefined ? [] : isClose(bytesError))),
    ),
  };
}

function proportion(all: readonly boolean[]): Proportion {
  return { right: all.filter(Boolean).length, of: all.length };
}

function confusionOf(scores: readonly Score[]): Summary['confusion'] {
  const confusion = new Map<VerdictName, Map<VerdictName, number>>();
  for (const { expected, final } of scores) {
    const row = confusion.get(expected) ?? new Map<VerdictName, number>();
    confusion.set(expected, row);
    row.set(final, (row.get(final) ?? 0) + 1);
  }
  return confusion;
}

/** `growing` is right for a leak until the fill horizon ends, and for an innocent only if its label allows it. */
function reliabilityOf(runs: readonly RunRecord[]): Reliability[] {
  const judged = runs.flatMap(({ label, answers }) =>
    answers
      .filter(({ seconds, confidence }) => confidence !== undefined && seconds >= SCORED_FROM_SECONDS)
      .map(({ verdict, confidence }) => ({
        confidence: confidence!,
        right: isRight(verdict, label) || (isLeak(label) && verdict === 'growing'),
      })),
  );
  return CONFIDENCE_EDGES.slice(0, -1).flatMap((from, i) => {
    const to = CONFIDENCE_EDGES[i + 1]!;
    const within = judged.filter(({ confidence }) => confidence >= from && confidence < to);
    if (within.length === 0) return [];
    const meanConfidence = within.reduce((sum, { confidence }) => sum + confidence, 0) / within.length;
    return [{ from, to, meanConfidence, ...proportion(within.map(({ right }) => right)) }];
  });
}
