import type { Clock } from '../../base/clock.js';
import type { Instances } from '../../instances/instances.js';
import type { Sample } from '../../measure/reading.js';
import { roundedEstimate } from '../../statistics/poisson.js';
import type { HolderSuspect } from '../../snapshot/service/deep-look.js';
import type { RouteSuspect, SiteSuspect } from '../../verdict/attribution/suspects.js';
import { exhaustion, isRising, type Judgement, type Rising, type Window } from '../../verdict/verdict.js';
import { iso } from '../common.js';
import { nextSteps, type StepName } from '../next-step.js';
import { limitationsOf, type LimitationSource } from './limitations.js';
import { whyNeverAWindow } from '../retention/availability.js';
import type { RetentionFindings } from '../retention/schema.js';
import type { Suspects, VerdictAnswer } from './schema.js';

export interface VerdictSource extends LimitationSource {
  readonly clock: Clock;
  readonly instances: Pick<Instances, 'growing'>;
  latest(): Pick<Sample, 'heap' | 'limit' | 'eventLoop'>;
  suspects(): { readonly routes: readonly RouteSuspect[]; readonly sites: readonly SiteSuspect[] };
}

/**
 * @param holders what holds the growth, if a deep look has found it
 * @param retention what requests left in the newest retention windows, if they are recent
 */
export function buildVerdict(
  source: VerdictSource,
  judgement: Judgement,
  holders: readonly HolderSuspect[] = [],
  retention?: RetentionFindings,
): VerdictAnswer {
  const found = findings(source, judgement, holders);
  const limitations = limitationsOf(source, judgement, found.suspects);
  return {
    ...found,
    ...(retention && { retention }),
    ...(limitations.length > 0 && { limitations }),
    ruledOut: judgement.ruledOut,
    next: nextSteps(source, stepsAfter(source, judgement, found.suspects)),
  };
}

/** Fields that a class cannot have are absent. */
function findings(
  source: VerdictSource,
  judgement: Judgement,
  holders: readonly HolderSuspect[],
): Omit<VerdictAnswer, 'limitations' | 'ruledOut' | 'next'> {
  const { limit } = source.latest();
  const common = limit && { limit: { bytes: limit.bytes, source: limit.source } };
  if (judgement.verdict === 'insufficient-data') {
    const { verdict, missing, readyInSeconds } = judgement;
    return { verdict, missing, ...(readyInSeconds !== undefined && { readyInSeconds }), ...common };
  }
  const judged = {
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    ...('because' in judgement && judgement.because !== undefined && { because: judgement.because }),
    ...('signal' in judgement && { signal: judgement.signal }),
    window: windowOf(judgement.window),
    growth: growthOf(judgement.growth),
    ...common,
  };
  if (!isRising(judgement)) return judged;
  const { decidedAtMs } = judgement;
  return {
    ...judged,
    ...(decidedAtMs !== undefined && { decidedAt: iso(decidedAtMs) }),
    ...exhaustionOf(source, judgement),
    suspects: suspectsOf(source, judgement, holders),
  };
}

function suspectsOf(
  { clock, instances, suspects }: VerdictSource,
  { window }: Rising,
  holders: readonly HolderSuspect[],
): Suspects {
  const { routes, sites } = suspects();
  const sinceMs = clock.monotonic() - (clock.wall() - window.fromMs);
  return {
    routes: routes.map(withoutRow),
    sites,
    resources: instances.growing(sinceMs).map((one) => ({ ...one, kind: 'class' })),
    holders: holders.map((holder) => ({ ...holder, agreesWithSites: agrees(holder, sites) })),
  };
}

/** Drops the row in the recorder's columns, which is for the metrics. */
function withoutRow(suspect: RouteSuspect): Suspects['routes'][number] {
  const { index: _, ...route } = suspect;
  return route;
}

function agrees({ path }: HolderSuspect, sites: readonly SiteSuspect[]): boolean {
  return sites.some(({ file }) => file !== '' && path.includes(file.slice(file.lastIndexOf('/') + 1)));
}

function exhaustionOf(
  { latest, detector, clock }: VerdictSource,
  { signal, growth }: Rising,
): Pick<VerdictAnswer, 'exhaustion'> {
  const { limit, heap } = latest();
  const usedBytes = detector?.points.at(-1)?.heapBytes ?? heap?.usedBytes;
  if (signal !== 'heap-floor' || usedBytes === undefined || limit === undefined) return {};
  const end = exhaustion(usedBytes, growth.bytesPerSecond, limit, clock.wall());
  if (end === undefined) return {};
  // A growth so slow that it ends after the last representable date has none.
  const hasDate = Math.abs(end.atMs) <= 8.64e15;
  return { exhaustion: { ...(hasDate && { at: iso(end.atMs) }), inSeconds: roundedEstimate(end.inSeconds) } };
}

function windowOf({ fromMs, toMs, majorGcs, requests }: Window): NonNullable<VerdictAnswer['window']> {
  return { from: iso(fromMs), to: iso(toMs), majorGcs, requests };
}

function growthOf({
  bytesPerSecond,
  bytesPerRequest,
}: Rising['growth']): NonNullable<VerdictAnswer['growth']> {
  return {
    bytesPerSecond: roundedEstimate(bytesPerSecond),
    ...(bytesPerRequest && { bytesPerRequest: roundedEstimate(bytesPerRequest) }),
  };
}

function stepsAfter(
  source: VerdictSource,
  judgement: Judgement,
  suspects: Suspects | undefined,
): readonly StepName[] {
  if (judgement.verdict === 'insufficient-data') return ['verdictGc', 'stats'];
  if (!isRising(judgement)) return ['stats', 'history', 'gc'];
  const isSeen = suspects?.routes.some(({ evidence }) => evidence === 'window') === true;
  const follow: readonly StepName[] =
    isSeen || whyNeverAWindow(source) !== undefined ? [] : ['verdictWindow'];
  return source.profile?.running === false
    ? ['preflight', 'routes', 'gc', 'report']
    : [...follow, 'profile', 'preflight', 'profileDelta', 'routes', 'pprof', 'gc', 'report'];
}
