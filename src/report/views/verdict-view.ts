import { exhaustion, isRising, type Estimate, type Judgement, type Window } from '../../verdict/verdict.js';
import type { Core } from '../../core.js';
import { steps, type CurlTarget } from '../next-step.js';

/** The answer of `/memory/leak-detection`. */
export function verdictView(core: Core, judgement: Judgement, target: CurlTarget): Record<string, unknown> {
  return {
    ...body(core, judgement),
    ruledOut: judgement.ruledOut,
    next: nextSteps(core, judgement, target),
  };
}

function body(core: Core, judgement: Judgement): Record<string, unknown> {
  const { limit, heap } = core.latest();
  const limitView = limit && { limit: { bytes: limit.bytes, source: limit.source } };
  if (judgement.verdict === 'insufficient-data') {
    const { verdict, missing, readyInSeconds } = judgement;
    return { verdict, missing, ...(readyInSeconds !== undefined && { readyInSeconds }), ...limitView };
  }
  const common = {
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    ...('signal' in judgement && { signal: judgement.signal }),
    window: windowView(judgement.window),
    growth: growthView(judgement.growth),
    ...limitView,
  };
  if (!isRising(judgement)) return common;
  const used =
    judgement.signal === 'heap-floor'
      ? (core.detector?.points.at(-1)?.heapBytes ?? heap?.usedBytes)
      : undefined;
  const end =
    used !== undefined && limit !== undefined
      ? exhaustion(used, judgement.growth.bytesPerSecond, limit, core.clock.wall())
      : undefined;
  return {
    ...common,
    ...(judgement.decidedAtMs !== undefined && { decidedAt: new Date(judgement.decidedAtMs).toISOString() }),
    ...(end && { exhaustion: { at: isoOrNever(end.atMs), inSeconds: rounded(end.inSeconds) } }),
    suspects: {
      routes: core.suspects().routes,
      sites: core.suspects().sites,
      resources: [],
      holders: [],
    },
  };
}

function windowView(window: Window): Record<string, unknown> {
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    majorGcs: window.majorGcs,
    requests: window.requests,
  };
}

function growthView(growth: {
  bytesPerSecond: Estimate;
  bytesPerRequest?: Estimate;
}): Record<string, Estimate> {
  return {
    bytesPerSecond: rounded(growth.bytesPerSecond),
    ...(growth.bytesPerRequest && { bytesPerRequest: rounded(growth.bytesPerRequest) }),
  };
}

function rounded({ value, low, high }: Estimate): Estimate {
  return { value: Math.round(value), low: Math.round(low), high: Math.round(high) };
}

/** A growth so slow that it ends after the last date that can be written has no date. */
function isoOrNever(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

function nextSteps(core: Core, judgement: Judgement, target: CurlTarget): ReturnType<typeof steps> {
  const costs = core.expectedCosts();
  if (judgement.verdict === 'insufficient-data') return steps(['verdictGc', 'stats'], target, costs);
  if (isRising(judgement)) return steps(['profile', 'profileDelta', 'routes', 'pprof', 'gc'], target, costs);
  return steps(['stats', 'history', 'gc'], target, costs);
}
