import type { Collection } from '../../measure/collect.js';
import type { HeapReading } from '../../measure/reading.js';
import type { Core } from '../../runtime/core.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import { gcText, type GcFacts } from './text.js';

/** What a full GC, run once or several times, did: an experiment and not a remedy. */
export function gcView(
  core: Core,
  runs: readonly Collection[],
  before: number | undefined,
  target: CurlTarget,
): GcFacts {
  const first = runs[0]!;
  const last = runs.at(-1)!;
  const judgement = core.judgement();
  const after = judgement && 'confidence' in judgement ? judgement.confidence : undefined;
  const answer: GcFacts = {
    runs: runs.map((run) => ({
      pauseMs: run.pauseMs,
      usedBytes: run.after.usedBytes,
      reclaimedBytes: run.before.usedBytes - run.after.usedBytes,
    })),
    before: sizes(first.before),
    after: sizes(last.after),
    reclaimedBytes: first.before.usedBytes - last.after.usedBytes,
    spaces: first.before.spaces.map((space, i) => ({
      name: space.name,
      beforeBytes: space.usedBytes,
      afterBytes: last.after.spaces[i]?.usedBytes ?? 0,
      reclaimedBytes: space.usedBytes - (last.after.spaces[i]?.usedBytes ?? 0),
    })),
    ...(judgement && {
      verdict: {
        verdict: judgement.verdict,
        ...(before !== undefined && { confidenceBefore: before }),
        ...(after !== undefined && { confidenceAfter: after }),
      },
    }),
    next: nextSteps(core, ['verdict', 'profile', 'stats'], target),
  };
  return withText(answer, () => gcText(answer));
}

function sizes(heap: HeapReading): { usedBytes: number; committedBytes: number; externalBytes: number } {
  return {
    usedBytes: heap.usedBytes,
    committedBytes: heap.committedBytes,
    externalBytes: heap.externalBytes,
  };
}
