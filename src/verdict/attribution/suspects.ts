import type { Clock } from '../../base/clock.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import { reportSite, type SiteReport } from '../../profile/site-report.js';
import type { Retention } from '../../profile/windows/windows.js';
import type { Recorder } from '../../requests/recorder.js';
import { roundedEstimate } from '../../statistics/poisson.js';
import type { AttributedRoute } from './attributed-route.js';
import { floorEvidence, type FloorEvidence } from './floor-evidence.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { attributeHeap } from './heap-attribution.js';
import { attributeOffHeap } from './off-heap-attribution.js';
import { grownSites, type GrownSites } from './profile-sites.js';
import { rankSites } from './suspect-sites.js';
import { survivalAt, type Survival } from './survival.js';
import { retainedEvidence, windowEvidence, windowsDuring, type WindowEvidence } from './window-evidence.js';
import { windowSites } from './window-sites.js';
import { isRising, type Judgement, type Rising } from '../verdict.js';

/** A route by name, with the names of those that cannot be distinguished from it. */
export interface RouteSuspect extends Omit<AttributedRoute, 'collinearWith'> {
  readonly route: string;
  readonly collinearWith: readonly string[];
}

export interface SiteSuspect extends SiteReport {
  /** Routes whose requests left memory at it, according to windows. */
  readonly routes: readonly string[];
  /** Absent if no two readings of one sampling show it. */
  readonly survival?: Survival;
}

/** A growing number of something that the application lets us count. */
export interface ResourceSuspect {
  readonly name: string;
  /** `class` for a tracked class. */
  readonly kind: string;
  readonly size: number;
  readonly growthPerSecond: number;
}

export interface Suspects {
  readonly routes: readonly RouteSuspect[];
  readonly sites: readonly SiteSuspect[];
}

export const NO_SUSPECTS: Suspects = { routes: [], sites: [] };

/** Names the cause of a rise, from survivors in retention windows and from regression of the floor on requests. */
export interface SuspectTracker {
  /** Costs a regression, some 5 ms at 1,000 routes, if a floor came since the last call. */
  suspects(judgement: Judgement | undefined): Suspects;
}

export interface SuspectSources {
  readonly clock: Clock;
  /** Absent when nothing is sampled: then only the floors decide. */
  readonly profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince' | 'locate'> | undefined;
  readonly recorder: Pick<Recorder, 'routes'>;
  /** The floors so far. */
  readonly points: () => readonly FloorPoint[];
  /** The retention windows so far. */
  readonly windows: () => readonly Retention[];
}

const MAX_ROUTES = 10;
const MAX_SITES = 10;
/** More names than this help nobody. */
const MAX_COLLINEAR = 50;

interface Known {
  readonly grown: GrownSites | undefined;
  readonly floors: FloorEvidence;
  readonly windows: readonly Retention[];
  readonly rate: number;
  readonly suspects: Suspects;
}

export function createSuspectTracker(sources: SuspectSources): SuspectTracker {
  const { clock, profile, recorder, points } = sources;
  let known: Known | undefined;

  return {
    suspects(judgement) {
      if (judgement === undefined || !isRising(judgement)) {
        // The next rise may have another cause.
        known = undefined;
        return NO_SUSPECTS;
      }
      const grown = profile && grownSites({ ...sources, profile }, judgement, known?.grown);
      const floors = floorEvidence(points(), judgement, known?.floors);
      const windows = windowsDuring(judgement, sources.windows(), clock);
      const rate = judgement.growth.bytesPerSecond.value;
      const isKnown =
        known?.grown === grown &&
        known?.floors === floors &&
        known?.rate === rate &&
        known.windows.at(-1) === windows.at(-1);
      if (known === undefined || !isKnown) {
        known = { grown, floors, windows, rate, suspects: name(judgement, floors, grown, windows) };
      }
      return known.suspects;
    },
  };

  function name(
    judgement: Rising,
    floors: FloorEvidence,
    grown: GrownSites | undefined,
    windows: readonly Retention[],
  ): Suspects {
    const evidence = windows.length === 0 ? undefined : windowEvidence(windows);
    const routes = attribute(judgement, floors, evidence).slice(0, MAX_ROUTES);
    const rows = new Set(routes.map(({ index }) => index));
    const sites =
      evidence === undefined
        ? (grown?.sites ?? []).map((site) => ({ ...site, rows: [] }))
        : windowSites(evidence, { ...spanOf(judgement, floors, evidence), grown: grown?.sites ?? [] });
    return {
      routes: routes.map(suspectOf),
      sites: rankSites(sites, rows, judgement.signal)
        .slice(0, MAX_SITES)
        .map((site) => {
          const survival = grown && survivalAt(site.site.key, grown);
          return {
            ...reportSite(site, profile!.locate),
            routes: site.rows.map((row) => recorder.routes.label(row)),
            ...(survival && { survival }),
          };
        }),
    };
  }

  function suspectOf({
    bytesPerRequest,
    floorBytesPerRequest,
    ...attributed
  }: AttributedRoute): RouteSuspect {
    return {
      ...attributed,
      route: recorder.routes.label(attributed.index),
      bytesPerRequest: roundedEstimate(bytesPerRequest),
      ...(floorBytesPerRequest && { floorBytesPerRequest: roundedEstimate(floorBytesPerRequest) }),
      collinearWith: attributed.collinearWith
        .slice(0, MAX_COLLINEAR)
        .map((route) => recorder.routes.label(route)),
    };
  }
}

/** Time and requests of the growth that is attributed: from the floors, or extrapolated from the windows. */
function spanOf(
  { window: { fromMs, toMs } }: Rising,
  { span }: FloorEvidence,
  { routes, outside }: WindowEvidence,
): Pick<NonNullable<FloorEvidence['span']>, 'seconds' | 'requests'> {
  if (span !== undefined) return span;
  const seconds = (toMs - fromMs) / 1000;
  const times = outside.seconds > 0 ? seconds / outside.seconds : 0;
  return { seconds, requests: (row) => times * (routes.find(({ route }) => route === row)?.requests ?? 0) };
}

function attribute(
  judgement: Rising,
  floors: FloorEvidence,
  evidence: WindowEvidence | undefined,
): AttributedRoute[] {
  const { growth, signal } = judgement;
  const { bytesPerSecond } = growth;
  const { regression, other, span } = floors;
  const seconds = span?.seconds ?? 0;
  const retained =
    evidence && retainedEvidence(evidence, { ...span, ...spanOf(judgement, floors, evidence) }, growth);
  return signal === 'heap-floor'
    ? attributeHeap({ bytesPerSecond, retained, regression, perRequest: perRequestOf(evidence) })
    : attributeOffHeap({
        bytesPerSecond,
        seconds: retained?.seconds ?? seconds,
        retained,
        regression,
        other,
      });
}

function perRequestOf(evidence: WindowEvidence | undefined) {
  return (row: number) => evidence?.routes.find(({ route }) => route === row)?.bytesPerRequest;
}
