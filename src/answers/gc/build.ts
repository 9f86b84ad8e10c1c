import type { Collection } from '../../measure/collect.js';
import type { HeapReading } from '../../measure/reading.js';
import type { Judgement } from '../../verdict/verdict.js';
import { nextSteps, type StepSource } from '../next-step.js';
import type { GcAnswer } from './schema.js';

export interface GcSource extends StepSource {
  judgement(): Judgement | undefined;
}

/**
 * The effect of one or several full GCs: an experiment, not a remedy.
 *
 * @param before the judgement before the first run
 */
export function buildGc(
  source: GcSource,
  runs: readonly Collection[],
  before: Judgement | undefined,
): GcAnswer {
  const first = runs[0]!.before;
  const last = runs.at(-1)!.after;
  const judgement = source.judgement();
  return {
    runs: runs.map((run) => ({
      pauseMs: run.pauseMs,
      usedBytes: run.after.usedBytes,
      reclaimedBytes: run.before.usedBytes - run.after.usedBytes,
    })),
    before: sizes(first),
    after: sizes(last),
    reclaimedBytes: first.usedBytes - last.usedBytes,
    spaces: first.spaces.map(({ name, usedBytes }, i) => {
      const afterBytes = last.spaces[i]?.usedBytes ?? 0;
      return { name, beforeBytes: usedBytes, afterBytes, reclaimedBytes: usedBytes - afterBytes };
    }),
    ...(judgement && {
      verdict: {
        verdict: judgement.verdict,
        ...(before && 'confidence' in before && { confidenceBefore: before.confidence }),
        ...('confidence' in judgement && { confidenceAfter: judgement.confidence }),
      },
    }),
    next: nextSteps(source, ['verdict', 'profile', 'stats']),
  };
}

function sizes({ usedBytes, committedBytes, externalBytes }: HeapReading): GcAnswer['before'] {
  return { usedBytes, committedBytes, externalBytes };
}
