import type { HolderSuspect } from '../../snapshot/service/deep-look.js';
import type { ResourceSuspect, RouteSuspect, SiteSuspect } from '../../verdict/attribution/suspects.js';
import {
  exhaustion,
  isRising,
  type Estimate,
  type Judgement,
  type Rising,
  type Window,
} from '../../verdict/verdict.js';
import type { Core } from '../../runtime/core.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget, StepName } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import { verdictText } from './text.js';
import type { RouteSuspectView, VerdictAnswer, WindowView } from './answer.js';
import { verdictLacks, type LackSource } from './limitations.js';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The part of the core that the answer is made of. */
export type VerdictSource = Pick<Core, 'options' | 'latest' | 'clock' | 'suspects' | 'expectedCosts'> &
  LackSource & { readonly instances: Pick<Core['instances'], 'growing'> };

/** The answer of `/memory/leak-detection`. */
export function verdictView(
  core: VerdictSource,
  judgement: Judgement,
  target: CurlTarget,
  holders: readonly HolderSuspect[] = [],
): VerdictAnswer {
  const seen = body(core, judgement, holders);
  const lacks = verdictLacks(core, judgement, seen.suspects?.sites ?? []);
  const answer: VerdictAnswer = {
    ...seen,
    ...(lacks.length > 0 && { lacks }),
    ruledOut: judgement.ruledOut,
    next: nextSteps(core, stepsAfter(core, judgement), target),
  };
  return withText(answer, () => verdictText(answer));
}

function body(
  core: VerdictSource,
  judgement: Judgement,
  holders: readonly HolderSuspect[],
): Omit<VerdictAnswer, 'lacks' | 'ruledOut' | 'next'> {
  const { limit } = core.latest();
  const limitView = limit && { limit: { bytes: limit.bytes, source: limit.source } };
  if (judgement.verdict === 'insufficient-data') {
    const { verdict, missing, readyInSeconds } = judgement;
    return { verdict, missing, ...(readyInSeconds !== undefined && { readyInSeconds }), ...limitView };
  }
  const common = {
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    ...('because' in judgement && judgement.because !== undefined && { because: judgement.because }),
    ...('signal' in judgement && { signal: judgement.signal }),
    window: windowView(judgement.window),
    growth: growthView(judgement.growth),
    ...limitView,
  };
  if (!isRising(judgement)) return common;
  const { decidedAtMs } = judgement;
  const { routes, sites } = core.suspects();
  return {
    ...common,
    ...(decidedAtMs !== undefined && { decidedAt: iso(decidedAtMs) }),
    ...exhaustionView(core, judgement),
    suspects: {
      // The row in the recorder's table is for the metrics.
      routes: routes.map(withoutIndex),
      sites,
      resources: classSuspects(core, judgement),
      holders: holders.map((holder) => ({ ...holder, agreesWithSites: agrees(holder, sites) })),
    },
  };
}

function classSuspects({ clock, instances }: VerdictSource, { window }: Rising): ResourceSuspect[] {
  const sinceMs = clock.monotonic() - (clock.wall() - window.fromMs);
  return instances.growing(sinceMs).map((one) => ({ ...one, kind: 'class' }));
}

function agrees({ path }: HolderSuspect, sites: readonly SiteSuspect[]): boolean {
  return sites.some(({ file }) => file !== '' && path.includes(file.slice(file.lastIndexOf('/') + 1)));
}

function withoutIndex(suspect: RouteSuspect): RouteSuspectView {
  const { index: _, ...view } = suspect;
  return view;
}

function exhaustionView(core: VerdictSource, { signal, growth }: Rising): Pick<VerdictAnswer, 'exhaustion'> {
  const { limit, heap } = core.latest();
  const usedBytes = core.detector?.points.at(-1)?.heapBytes ?? heap?.usedBytes;
  if (signal !== 'heap-floor' || usedBytes === undefined || limit === undefined) return {};
  const end = exhaustion(usedBytes, growth.bytesPerSecond, limit, core.clock.wall());
  if (end === undefined) return {};
  const hasDate = Math.abs(end.atMs) <= 8.64e15;
  return { exhaustion: { ...(hasDate && { at: iso(end.atMs) }), inSeconds: rounded(end.inSeconds) } };
}

function windowView({ fromMs, toMs, majorGcs, requests }: Window): WindowView {
  return { from: iso(fromMs), to: iso(toMs), majorGcs, requests };
}

function growthView({
  bytesPerSecond,
  bytesPerRequest,
}: Rising['growth']): NonNullable<VerdictAnswer['growth']> {
  return {
    bytesPerSecond: rounded(bytesPerSecond),
    ...(bytesPerRequest && { bytesPerRequest: rounded(bytesPerRequest) }),
  };
}

function rounded({ value, low, high }: Estimate): Estimate {
  return { value: Math.round(value), low: Math.round(low), high: Math.round(high) };
}

function stepsAfter({ profile }: VerdictSource, judgement: Judgement): readonly StepName[] {
  if (judgement.verdict === 'insufficient-data') return ['verdictGc', 'stats'];
  if (!isRising(judgement)) return ['stats', 'history', 'gc'];
  return profile?.running === false
    ? ['preflight', 'routes', 'gc', 'report']
    : ['profile', 'preflight', 'profileDelta', 'routes', 'pprof', 'gc', 'report'];
}
