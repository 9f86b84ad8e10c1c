import type { Clock } from '../../base/clock.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import { placeText } from '../../profile/place.js';
import { intervalOf } from '../../profile/sampled.js';
import { causeOf } from '../../profile/windows/cause.js';
import type { SiteSurvivors } from '../../profile/windows/survivors.js';
import type { Retention } from '../../profile/windows/windows.js';
import type { WindowEnd } from '../../profile/windows/window.js';
import { poissonInterval, roundedEstimate } from '../../statistics/poisson.js';
import {
  times,
  windowEvidence,
  type RetainedAtSite,
  type RetainedByRoute,
} from '../../verdict/attribution/window-evidence.js';
import { iso } from '../common.js';
import { nextSteps, type StepSource } from '../next-step.js';
import { ENOUGH_REQUESTS, retentionHeadline } from './headline.js';
import type { RetentionAnswer, RetentionFindings } from './schema.js';

export interface RetentionSource {
  readonly clock: Clock;
  readonly profile: Pick<LiveProfile, 'locate'> | undefined;
  readonly recorder: { readonly routes: { label(route: number): string } } | undefined;
}

type Route = RetentionFindings['routes'][number];

const MAX_ROUTES = 50;
const MAX_SITES = 5;
const MAX_OUTSIDE = 10;
/** Of the marks, V8 misses 2 %. */
const MANY_MISSED = 0.1;
/** What stays at a site twice may be chance; the most of which two in a window are a sample is its bound. */
const UNSEEN_SURVIVORS = 2;

const ENDS: Readonly<Record<WindowEnd, string>> = {
  time: 'its time was over',
  marks: 'the memory for its marks was used up',
  requests: 'it had followed as many requests as it can',
  stopped: 'it was stopped',
};

/**
 * What the requests of some windows left, their figures pooled.
 *
 * @param limitations that are known already, such as why there are fewer windows than were wanted
 */
export function retentionFindings(
  source: RetentionSource,
  windows: readonly Retention[],
  limitations: readonly string[] = [],
): RetentionFindings {
  const { routes, outside } = windowEvidence(windows);
  const wallMs = (monotonicMs: number): string =>
    iso(source.clock.wall() - source.clock.monotonic() + monotonicMs);
  const [first, last] = [windows[0], windows.at(-1)];
  const found = {
    requests: sum(windows, ({ requests }) => requests),
    routes: routes.slice(0, MAX_ROUTES).map((one) => routeOf(source, windows, one)),
    outside: outside.sites.slice(0, MAX_OUTSIDE).map((site) => {
      const cause = causeOf(site.stack);
      return {
        ...originOf(source, site),
        bytesPerSecond: roundedEstimate(times(intervalOf(site.left), 1 / outside.seconds)),
        ...(cause !== undefined && { cause }),
      };
    }),
  };
  const known = [...limitations, ...limitationsOf(windows, routes)];
  return {
    headline: retentionHeadline({ windows: windows.length, ...found }),
    ...(first && last && { from: wallMs(first.fromMs), to: wallMs(last.toMs) }),
    windows: windows.map(({ fromMs, hooksMs, ended, requests, samplingIntervalBytes }) => ({
      from: wallMs(fromMs),
      seconds: hooksMs / 1000,
      ended,
      because: ENDS[ended],
      requests,
      samplingIntervalBytes,
    })),
    ...found,
    ...unattributed(windows),
    cost: {
      hooksSeconds: sum(windows, ({ hooksMs }) => hooksMs) / 1000,
      pauseMs: sum(windows, ({ pauseMs }) => pauseMs),
      marksBytes: Math.max(0, ...windows.map(({ marksBytes }) => Math.round(marksBytes))),
    },
    ...(known.length > 0 && { limitations: known }),
  };
}

export function buildRetention(source: StepSource, findings: RetentionFindings): RetentionAnswer {
  const steps =
    findings.windows.length === 0
      ? (['verdictWindow', 'retention', 'verdict'] as const)
      : (['verdict', 'retention', 'profile', 'preflight'] as const);
  return { ...findings, next: nextSteps(source, steps) };
}

function routeOf(source: RetentionSource, windows: readonly Retention[], retained: RetainedByRoute): Route {
  const { route, requests, samples, bytesPerRequest, sites } = retained;
  const ofRoute = windows.flatMap(({ routes, samplingIntervalBytes }) =>
    routes.filter((one) => one.route === route).map((one) => ({ ...one, samplingIntervalBytes })),
  );
  // Samples of a request that leaves one byte, in all windows: each had an interval of its own.
  const perByte = sum(ofRoute, (one) => one.requests / one.samplingIntervalBytes);
  return {
    route: source.recorder?.routes.label(route) ?? String(route),
    requests,
    bytesPerRequest: roundedEstimate(bytesPerRequest),
    samples,
    unseenBytesPerRequest: Math.round(poissonInterval(UNSEEN_SURVIVORS).high / perByte),
    afterEndBytes: Math.round(sum(ofRoute, ({ afterBytes }) => afterBytes)),
    sites: sites.slice(0, MAX_SITES).map((site) => ({
      ...originOf(source, site),
      bytesPerRequest: roundedEstimate(times(intervalOf(site.left), 1 / requests)),
    })),
  };
}

function originOf({ profile }: RetentionSource, { site, stack, left }: RetainedAtSite) {
  const locate = profile!.locate;
  return {
    ...locate(site),
    kind: site.kind,
    ...(site.packageName !== undefined && { package: site.packageName }),
    samples: left.samples,
    stack: stack.map((frame) => placeText(locate(frame))),
  };
}

/** Of what survived, whatever it was: also what is left once. */
function unattributed(windows: readonly Retention[]): Pick<RetentionFindings, 'unattributedShare'> {
  const unknown = sum(windows, ({ unknownBytes }) => unknownBytes);
  const known = sum(
    windows,
    ({ routes, outside }) =>
      bytesAt(outside) + sum(routes, ({ sites, afterBytes }) => bytesAt(sites) + afterBytes),
  );
  return unknown + known === 0 ? {} : { unattributedShare: unknown / (unknown + known) };
}

function bytesAt(sites: readonly SiteSurvivors[]): number {
  return sum(sites, ({ parts }) => sum(parts, ({ bytes }) => bytes));
}

function limitationsOf(windows: readonly Retention[], routes: readonly RetainedByRoute[]): string[] {
  const followed = sum(windows, ({ requests }) => requests);
  const ended = sum(routes, ({ requests }) => requests);
  const marks = sum(windows, (window) => window.marks);
  const missed = sum(windows, ({ missedMarks }) => missedMarks);
  const few = routes.filter(({ requests, samples }) => samples === 0 && requests < ENOUGH_REQUESTS).length;
  return [
    ...told(
      followed > ended,
      `${followed - ended} of ${followed} requests had not ended, or are not recorded: what they left is not attributed`,
    ),
    ...told(
      few > 0,
      `${few === 1 ? 'one route' : `${few} routes`} had fewer than ${ENOUGH_REQUESTS} requests: what repeats cannot be seen`,
    ),
    ...told(
      missed > marks * MANY_MISSED,
      `${missed} of ${marks} marks were not sampled: what lies around them is not attributed`,
    ),
    ...told(routes.length > MAX_ROUTES, `${routes.length - MAX_ROUTES} routes that left less are not listed`),
  ];
}

function told(isSo: boolean, because: string): string[] {
  return isSo ? [because] : [];
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
