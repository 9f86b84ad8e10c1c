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
/** V8 misses 2 % of the marks on average. */
const MANY_MISSED = 0.1;
/** Two survivors at a site may be chance, so the detection limit is the upper bound for two. */
const UNSEEN_SURVIVORS = 2;

const ENDS: Readonly<Record<WindowEnd, string>> = {
  time: 'its time was up',
  marks: 'the memory for its marks was used up',
  requests: 'it had followed the maximum number of requests',
  stopped: 'it was stopped',
};

/**
 * What the requests of these windows left behind, with pooled figures.
 *
 * @param limitations known to the caller, such as why fewer windows were opened than requested
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
  // Expected samples if each request leaves one byte; windows differ in their intervals.
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

/** Share of all survivors, including those of one-time allocations. */
function unattributed(windows: readonly Retention[]): Pick<RetentionFindings, 'unattributedShare'> {
  const unknown = sum(windows, ({ unknownBytes }) => unknownBytes);
  const known = sum(
    windows,
    ({ routes, outside }) => bytesAt(outside) + sum(routes, ({ sites }) => bytesAt(sites)),
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
    ...limitationIf(
      followed > ended,
      `${followed - ended} of ${followed} requests are not counted: they had not ended, are not recorded, were the last of their connection, or shared their context with another request`,
    ),
    ...limitationIf(
      few > 0,
      `${few === 1 ? 'one route' : `${few} routes`} had fewer than ${ENOUGH_REQUESTS} requests, too few to show repeated retention`,
    ),
    ...limitationIf(
      missed > marks * MANY_MISSED,
      `V8 did not sample ${missed} of ${marks} marks: some allocations around them are not attributed`,
    ),
    ...limitationIf(
      routes.length > MAX_ROUTES,
      `${routes.length - MAX_ROUTES} more routes, which left less, are not listed`,
    ),
  ];
}

function limitationIf(isSo: boolean, because: string): string[] {
  return isSo ? [because] : [];
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
