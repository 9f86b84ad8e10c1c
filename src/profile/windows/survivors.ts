import type { LiveStacks } from '../live-stacks.js';
import type { RawProfile } from '../raw-profile.js';
import { addSampled, none, sampledOf, type Sampled } from '../sampled.js';
import { siteOf, TIDEMARK_SITE, type Site, type Stack } from '../site.js';
import { isMark, LATE, NOBODY, type Owner } from './marks.js';
import { AFTER_END, slotOf, type OpenWindow } from './window.js';

/** Survivors of one allocation site. */
export interface SiteSurvivors {
  readonly site: Site;
  /** That of its heaviest sample, the allocating frame first. */
  readonly stack: Stack;
  /** One part per request that left some of it; outside requests, one per interval between two marks. */
  readonly parts: readonly Sampled[];
}

/** What the requests of one route left behind. */
export interface RouteSurvivors {
  readonly route: number;
  /** Followed from begin to end, without the last ones of their connections. */
  readonly requests: number;
  /** Of what is at the sites, allocated in the context of a request after it had ended. */
  readonly afterBytes: number;
  readonly sites: readonly SiteSurvivors[];
}

/** Survivors among the allocations of a window, without those of this package. */
export interface Survivors {
  readonly samplingIntervalBytes: number;
  readonly requests: number;
  /** Also those that left nothing. */
  readonly routes: readonly RouteSurvivors[];
  /** Allocated outside requests: by timers, loops and what sockets bring. */
  readonly outside: readonly SiteSurvivors[];
  /**
   * Allocated around marks that V8 missed, or by requests that are not counted: unfinished, not followed, mixed, or the last
   * of their connection.
   */
  readonly unknownBytes: number;
  readonly marks: number;
  readonly missedMarks: number;
}

/** A site with fewer parts is taken for a one-time allocation. */
export const LEAST_TIMES = 3;

/** What Node allocates to call async hooks; the window has them called. */
const HOOKS_URL = 'node:internal/async_hooks';

interface SiteSum {
  readonly site: Site;
  stack: Stack;
  heaviestSample: number;
  readonly byTime: Map<number, Sampled>;
}

type SiteSums = Map<string, SiteSum>;

/** Attributes the live samples of a window to the requests that allocated them. */
export function survivorsOf(live: LiveStacks, window: OpenWindow): Survivors {
  const { profile } = live;
  const order = Uint32Array.from(profile.samples.keys()).sort(
    (a, b) => profile.samples[a]!.ordinal - profile.samples[b]!.ordinal,
  );
  const samples = Array.from(order, (row) => profile.samples[row]!);
  const { owners, marks, missed } = window.marks.ownersOf(samples, profile.head);
  const byRoute = new Map<number, { sites: SiteSums; afterBytes: number }>();
  const outside: SiteSums = new Map();
  let unknownBytes = 0;

  const scaleOf = roundingOf(profile);
  const isCounted = countedIn(window);
  for (const [at, { size: roundedSize, nodeId }] of samples.entries()) {
    const owner = owners[at]!;
    if (isMark(owner) || owner === LATE) continue;
    const stack = live.stack(live.rowOfSample[order[at]!]!);
    const site = siteOf(stack);
    if (site.key === TIDEMARK_SITE.key || stack[0]?.url === HOOKS_URL) continue;
    const size = roundedSize * scaleOf(nodeId);
    if (owner === NOBODY) {
      addTo(outside, { site, stack, time: marks[at]!, size });
      continue;
    }
    const route = isCounted(owner) ? window.routeOf(owner) : undefined;
    if (route === undefined) {
      unknownBytes += size;
      continue;
    }
    const sums = entry(byRoute, route, () => ({ sites: new Map(), afterBytes: 0 }));
    if (owner >= AFTER_END) sums.afterBytes += size;
    addTo(sums.sites, { site, stack, time: slotOf(owner), size });
  }

  return {
    samplingIntervalBytes: profile.samplingIntervalBytes,
    requests: window.requests,
    routes: [...requestsByRoute(window, isCounted)].map(([route, requests]): RouteSurvivors => {
      const { sites, afterBytes } = byRoute.get(route) ?? { sites: new Map(), afterBytes: 0 };
      return { route, requests, afterBytes, sites: sitesOf(sites) };
    }),
    outside: sitesOf(outside),
    unknownBytes,
    marks: window.marks.count,
    missedMarks: missed,
  };

  function addTo(
    sums: SiteSums,
    { site, stack, time, size }: { site: Site; stack: Stack; time: number; size: number },
  ): void {
    const known = entry(sums, site.key, (): SiteSum => {
      return { site, stack, heaviestSample: 0, byTime: new Map() };
    });
    if (size > known.heaviestSample) {
      known.heaviestSample = size;
      known.stack = stack;
    }
    addSampled(entry(known.byTime, time, none), sampledOf(size, profile.samplingIntervalBytes), 1);
  }
}

/**
 * V8 rounds the weight of each sample to a whole number of allocations. At an interval of 512, a sample of 496 bytes counts
 * as 2 allocations instead of 1.61 (measured: a third too much), one of 608 bytes as 1 instead of 1.44 (a quarter too
 * little). V8 rounds the sum of a node only once, which is accurate within a few percent at all sizes. Returns the factor
 * that corrects the samples of a node.
 */
function roundingOf({ head, samples }: RawProfile): (nodeId: number) => number {
  const bytes = new Map<number, number>();
  for (const { nodeId, size } of samples) bytes.set(nodeId, (bytes.get(nodeId) ?? 0) + size);
  const scales = new Map<number, number>();
  const pending = [head];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const sampled = bytes.get(node.id);
    if (sampled !== undefined && node.selfSize > 0) scales.set(node.id, node.selfSize / sampled);
    pending.push(...node.children);
  }
  return (nodeId) => scales.get(nodeId) ?? 1;
}

function sitesOf(sums: SiteSums): SiteSurvivors[] {
  return [...sums.values()].map(({ site, stack, byTime }) => ({ site, stack, parts: [...byTime.values()] }));
}

/**
 * Memory that is left at a site repeatedly. One or two requests make one-time allocations (code, hidden classes, a table that
 * grew), which may be much larger than what each request leaves. So a site with fewer than three parts counts as nothing, and
 * the largest part counts as much as the second (a Winsorized sum).
 */
export function leftRepeatedly(parts: readonly Sampled[]): Sampled {
  const [most, second, ...others] = parts.toSorted((a, b) => b.bytes - a.bytes);
  const left = none();
  if (most === undefined || second === undefined || parts.length < LEAST_TIMES) return left;
  for (const one of [second, second, ...others]) addSampled(left, one, 1);
  return left;
}

/**
 * Omits the last request of each connection: an idle connection holds parts of it until the next request arrives, so every
 * route would seem to leave something. All requests count if more than half would be omitted.
 */
function countedIn(window: OpenWindow): (owner: Owner) => boolean {
  const last = window.lastOfConnections();
  if (2 * last.size > window.requests) return () => true;
  return (owner) => !last.has(slotOf(owner));
}

/** Counted requests that ended, by route. */
function requestsByRoute(
  window: OpenWindow,
  isCounted: (owner: Owner) => boolean,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let slot = 0; slot < window.requests; slot += 1) {
    const route = isCounted(slot) ? window.routeOf(slot) : undefined;
    if (route !== undefined) counts.set(route, (counts.get(route) ?? 0) + 1);
  }
  return counts;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
