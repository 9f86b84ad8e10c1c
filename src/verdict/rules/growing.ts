import { rises, type Assessment } from '../assessment.js';
import type { Trend } from '../trend.js';
import { risingSeconds } from '../horizon.js';
import { confidenceOf, growthOf, windowOf } from './rising.js';
import { no, type Evidence, type Rule } from './rule.js';

/** Memory that grows steadily, too early to tell a leak from a cache that fills. */
export const growing: Rule = {
  verdict: 'growing',
  vote(evidence) {
    const { thresholds, fillHorizonSeconds, nowMs } = evidence;
    const steady = evidence.steady ?? uneven(evidence.heap, evidence) ?? uneven(evidence.external, evidence);
    if (steady === undefined) return no('memory after GC does not rise steadily');
    const left = Math.max(0, fillHorizonSeconds - risingSeconds(steady, thresholds));
    return {
      kind: 'yes',
      judgement: {
        verdict: 'growing',
        confidence: confidenceOf(steady),
        signal: steady.signal,
        window: windowOf(steady),
        growth: growthOf(steady),
        ...(left > 0 && { decidedAtMs: nowMs + left * 1000 }),
      },
    };
  },
};

/** The newest part of a rise that began or quickened a short while ago: too short a run to be called steady. */
function uneven({ overall, recent, isExplained }: Assessment, { thresholds }: Evidence): Trend | undefined {
  if (isExplained || overall === undefined || recent === undefined) return undefined;
  if (overall.pace < thresholds.steadyPace) return undefined;
  return rises(overall, thresholds) && rises(recent, thresholds) ? recent : undefined;
}
