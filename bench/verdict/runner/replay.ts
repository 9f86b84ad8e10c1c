import { programCode } from '../../../src/verdict/floors/floor.js';
import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import { judge } from '../../../src/verdict/judge.js';
import type { Thresholds } from '../../../src/verdict/thresholds.js';
import { defaultThresholds } from '../../../src/verdict/thresholds.js';
import { isAllegation as alleges, standing } from '../../../src/verdict/standing.js';
import type { Judgement, Rising, VerdictName } from '../../../src/verdict/verdict.js';
import { integer, seededRandom } from '../random.js';
import type { SavedPoint } from '../server-messages.js';
import type { Answer, RunRecord } from './record.js';
import { isAllegation, isLeak } from './score.js';

function restored(
  { routeCounts, codeBytes, ...point }: SavedPoint,
  _: number,
  all: readonly SavedPoint[],
): FloorPoint {
  return {
    ...point,
    // Recorded before the limit existed.
    ...(codeBytes !== undefined && { codeBytes: programCode(codeBytes, all[0]?.codeBytes ?? codeBytes) }),
    ...(routeCounts && { routeCounts: Uint32Array.from(routeCounts) }),
  };
}

function judged(
  points: readonly FloorPoint[],
  fillHorizonSeconds: number,
  thresholds: Thresholds,
): Judgement {
  const nowMs = points.at(-1)?.atMs ?? 0;
  return judge({ nowMs, points, fillHorizonSeconds, thresholds });
}

/** The run as judged by the current rules after every floor. Suspects stay as recorded. */
export function replay(run: RunRecord, thresholds = defaultThresholds): RunRecord {
  const points = run.series.points.map(restored);
  let called: Rising | undefined;
  const answers = points.map((point, i): Answer => {
    const until = points.slice(0, i + 1);
    const alone = judged(until, run.fillHorizonSeconds, thresholds);
    const judgement = standing(called, alone, until, thresholds);
    if (alleges(alone)) called = alone;
    else if (judgement === alone) called = undefined;
    const seconds = (point.atMs - run.startedMs) / 1000;
    const recorded = run.answers.find((one) => one.seconds >= seconds) ?? run.answers.at(-1);
    return {
      seconds,
      verdict: judgement.verdict,
      ...('confidence' in judgement && { confidence: judgement.confidence }),
      routes: recorded?.routes ?? [],
      sites: recorded?.sites ?? [],
    };
  });
  return { ...run, answers };
}

export interface WindowTally {
  /** Windows of leaks that are long enough to decide, and how many of them were judged to rise. */
  readonly leaks: number;
  readonly found: number;
  readonly innocents: number;
  readonly alleged: number;
}

const LEAST_POINTS = 6;

/** Random windows of each run, judged as if the process had been watched during them only. */
export function replayWindows(runs: readonly RunRecord[], windows: number): WindowTally {
  const random = seededRandom(1);
  const rises: ReadonlySet<VerdictName> = new Set(['growing', 'leaking', 'native-growth']);
  const tally = { leaks: 0, found: 0, innocents: 0, alleged: 0 };
  for (const run of runs) {
    const points = run.series.points.map(restored);
    for (let i = 0; i < windows && points.length >= LEAST_POINTS; i += 1) {
      const length = LEAST_POINTS + integer(random, points.length - LEAST_POINTS + 1);
      const from = integer(random, points.length - length + 1);
      const { verdict } = judged(
        points.slice(from, from + length),
        run.fillHorizonSeconds,
        defaultThresholds,
      );
      if (isLeak(run.label)) {
        tally.leaks += 1;
        if (rises.has(verdict)) tally.found += 1;
      } else {
        tally.innocents += 1;
        if (isAllegation(verdict)) tally.alleged += 1;
      }
    }
  }
  return tally;
}
