import type { Place } from '../place.js';
import {
  differenceInterval,
  roundedEstimate,
  sampledBytesInterval,
  type Estimate,
} from '../../statistics/poisson.js';
import { summaryOf, type ProfileSession, type SessionSite, type SessionSummary } from './session.js';

export interface SiteDifference extends Place {
  readonly kind: string;
  /** `new`: only in the second session; `gone`: only in the first. */
  readonly change: 'new' | 'gone' | 'both';
  readonly growthBytes1?: Estimate;
  readonly growthBytes2?: Estimate;
  /** Second minus first, with its 95 % interval. */
  readonly differenceBytes: Estimate;
  /** The interval excludes zero, and no list was cut where the site could have been. */
  readonly certain: boolean;
}

/** The second session against the first. Figures that either could not measure are absent. */
export interface SessionComparison {
  readonly session1: SessionSummary;
  readonly session2: SessionSummary;
  readonly durationDifferenceMs: number;
  readonly retainedDifferenceBytes?: number;
  readonly allocatedDifferenceBytes?: number;
  /** Greatest difference first. */
  readonly sites?: readonly SiteDifference[];
  /** Why figures are absent or need care; empty if there is no reason. */
  readonly caveats: readonly string[];
}

function keyOf({ function: name, file, line, column }: SessionSite): string {
  return `${name} ${file}:${line}:${column}`;
}

function bySite({ sites = [] }: ProfileSession): Map<string, SessionSite> {
  return new Map(sites.toReversed().map((site) => [keyOf(site), site]));
}

/** A site without samples may still have grown, by what sampling can miss. */
function unseen({ samplingIntervalBytes = 0 }: ProfileSession): Estimate {
  return sampledBytesInterval(0, 0, samplingIntervalBytes);
}

function siteDifference(
  a: SessionSite | undefined,
  b: SessionSite | undefined,
  first: ProfileSession,
  second: ProfileSession,
): SiteDifference[] {
  const site = b ?? a;
  if (site === undefined) return [];
  const difference = differenceInterval(a?.growthBytes ?? unseen(first), b?.growthBytes ?? unseen(second));
  const cut = (a === undefined && first.omittedSites !== 0) || (b === undefined && second.omittedSites !== 0);
  return [
    {
      function: site.function,
      file: site.file,
      line: site.line,
      column: site.column,
      kind: site.kind,
      change: a === undefined ? 'new' : b === undefined ? 'gone' : 'both',
      ...(a && { growthBytes1: a.growthBytes }),
      ...(b && { growthBytes2: b.growthBytes }),
      differenceBytes: roundedEstimate(difference),
      certain: !cut && (difference.low > 0 || difference.high < 0),
    },
  ];
}

function siteDifferences(first: ProfileSession, second: ProfileSession): SiteDifference[] {
  const before = bySite(first);
  const after = bySite(second);
  return [...new Set([...after.keys(), ...before.keys()])]
    .flatMap((key) => siteDifference(before.get(key), after.get(key), first, second))
    .toSorted((a, b) => Math.abs(b.differenceBytes.value) - Math.abs(a.differenceBytes.value));
}

function caveatsOf(label: string, session: ProfileSession): string[] {
  const { limitations, requests = 0, overlapping, status, omittedSites = 0 } = session;
  return [
    ...limitations.map(({ part, reason }) => `${label} lacks ${part}: ${reason}`),
    ...(status === 'failed' ? [`${label}: the operation failed`] : []),
    ...(overlapping > 0 ? [`${label}: ${overlapping} other sessions were open meanwhile`] : []),
    ...(requests > 0 ? [`${label}: ${requests} requests were completed meanwhile`] : []),
    ...(omittedSites > 0 ? [`${label}: ${omittedSites} sites are not in its list`] : []),
  ];
}

const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : b - a;

/** Pure: what the second session allocated and kept more, or less, than the first. */
export function compareSessions(first: ProfileSession, second: ProfileSession): SessionComparison {
  const retainedDifferenceBytes = difference(first.retainedBytes, second.retainedBytes);
  const allocatedDifferenceBytes = difference(first.allocatedBytes, second.allocatedBytes);
  const comparable = first.sites !== undefined && second.sites !== undefined;
  return {
    session1: summaryOf(first),
    session2: summaryOf(second),
    durationDifferenceMs: second.durationMs - first.durationMs,
    ...(retainedDifferenceBytes !== undefined && { retainedDifferenceBytes }),
    ...(allocatedDifferenceBytes !== undefined && { allocatedDifferenceBytes }),
    ...(comparable && { sites: siteDifferences(first, second) }),
    caveats: [...caveatsOf('session 1', first), ...caveatsOf('session 2', second)],
  };
}
