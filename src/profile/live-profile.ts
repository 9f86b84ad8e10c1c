import { createOwnFrame } from '../requests/own-frame.js';
import type { Clock } from '../base/clock.js';
import { createAllocationTotals, type AllocationTotals } from './allocation-totals.js';
import { buildCellTable, markOf, type CellTable, type ProfileMark } from './cell-table.js';
import { siteGrowth, type ProfileGrowth } from './growth.js';
import { acquire as acquireProfiler } from './isolate-profiler.js';
import type { CallSampling, ProfilerLease } from './profiler-lease.js';
import { liveStacks, type LiveStacks } from './live-stacks.js';
import { createLocator, type Locator } from './place.js';
import { createRouteLinks, type RouteLinks } from './route-links.js';
import { unavailable, type SamplingSettings } from './sampling-session.js';
import { PROFILER_URL, type FrameClassifier } from './frames.js';
import { originOf } from './site.js';
import { createSourceMaps, type SourceMaps } from './source-maps.js';

/** What is remembered of one reading of the live-allocation profile. */
export interface Reading {
  /** Wall clock, milliseconds since the epoch. */
  readonly takenAtMs: number;
  /** On the injected clock. */
  readonly monotonicMs: number;
  /** How long the thread was held, V8's full garbage collection included. */
  readonly costMs: number;
  readonly liveBytes: number;
  readonly liveSamples: number;
  readonly mark: ProfileMark;
}

/** A reading as its reader gets it; nobody else keeps the stacks. */
export interface FullReading extends Reading {
  readonly stacks: LiveStacks;
}

export interface LiveProfileOptions extends SamplingSettings {
  readonly clock: Clock;
  /** Whether files' source maps are read, or what reads them. */
  readonly sourceMaps: boolean | SourceMaps;
  /** Marks kept, 24 by default. The first is never dropped. */
  readonly maxReadings?: number;
  /** Learns from every reading, and shares growth out to routes. Default: one of 4,096 functions. */
  readonly links?: RouteLinks;
  /** Folder that files are shown relative to. Default: the working folder. */
  readonly root?: string;
  readonly acquire?: (settings: SamplingSettings) => ProfilerLease;
  readonly classify?: FrameClassifier;
  readonly maxSites?: number;
}

/** The always-on profile of what is alive, by the function that allocated it. */
export interface LiveProfile {
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE */
  start(): void;
  stop(): void;
  readonly running: boolean;
  /** Why the last start failed; undefined once one succeeded. */
  readonly refusal: string | undefined;
  /**
   * Takes a reading: one full garbage collection of V8 (and a few milliseconds for each thousand live samples).
   * Calls during a reading share it. Rejects with TIDEMARK_ERR_PROFILE_UNAVAILABLE.
   */
  read(): Promise<FullReading>;
  /**
   * Learns who calls whom from everything that is allocated for a while, garbage included. Sampling begins anew
   * after it and the readings so far are dropped, so the time for it is early. Readings wait for its end.
   * Rejects with TIDEMARK_ERR_PROFILE_UNAVAILABLE.
   *
   * @returns application functions that were seen resumed, and of which no route is known yet
   */
  learnCalls(options: CallSampling): Promise<number>;
  latest(): Reading | undefined;
  first(): Reading | undefined;
  /**
   * What grew from `reading` (by default the first one) to the latest; undefined before the first reading. `mostBytes`: see
   * `GrowthOptions`.
   */
  growthSince(reading?: Reading, mostBytes?: number): ProfileGrowth | undefined;
  /** Turns frames and sites into places of the original source, as far as the readings have prepared them. */
  readonly locate: Locator;
  readonly allocations: AllocationTotals;
  readonly links: RouteLinks;
  /** Of all readings, milliseconds of the thread. */
  readonly costMs: number;
  readonly readings: readonly Reading[];
  /** How often another inspector session had interrupted the sampling. */
  readonly restarts: number;
  /** What really is sampled: another instance may have come first with its own interval. */
  readonly samplingIntervalBytes: number;
}

export function createLiveProfile(options: LiveProfileOptions): LiveProfile {
  const {
    samplingIntervalBytes,
    stackDepth,
    clock,
    classify,
    root,
    maxReadings = 24,
    maxSites = 50,
    links = createRouteLinks({ maxFunctions: 4096 }),
    acquire = acquireProfiler,
  } = options;
  const sourceMaps =
    typeof options.sourceMaps === 'boolean' ? ownSourceMaps(options.sourceMaps) : options.sourceMaps;
  const allocations = createAllocationTotals();
  const profilerFrame = createOwnFrame(PROFILER_URL);
  /** So that what a reading allocates is not taken for what the application function that asked for it allocates. */
  const asProfiler = <T>(work: () => T): T => profilerFrame(work) as T;
  let lease: ProfilerLease | undefined;
  let refusal: string | undefined;
  let readings: Reading[] = [];
  let latestTable: CellTable | undefined;
  let pending: Promise<FullReading> | undefined;
  let learning: Promise<number> | undefined;
  let costMs = 0;
  let endedRestarts = 0;

  function keep(reading: Reading): void {
    readings.push(reading);
    // The one after the first goes: the first is what the growth of a whole life is measured from.
    if (readings.length > maxReadings)
      readings.splice(maxReadings > 1 ? 1 : 0, readings.length - maxReadings);
  }

  async function readOnce(from: ProfilerLease): Promise<FullReading> {
    const beganMs = clock.monotonic();
    const profile = from.read();
    const stacks = liveStacks(profile, classify);
    links.learn(stacks);
    allocations.add(stacks);
    const table = buildCellTable(stacks);
    const spentMs = Math.max(clock.monotonic() - beganMs, profile.costMs);
    costMs += spentMs;
    const reading: Reading = {
      takenAtMs: profile.takenAtMs,
      monotonicMs: beganMs,
      costMs: spentMs,
      liveBytes: table.bytes.reduce((sum, bytes) => sum + bytes, 0),
      liveSamples: table.bytes.length,
      mark: markOf(table, readings.at(-1)?.mark),
    };
    await sourceMaps?.prepare(mappable(table));
    if (lease === from) {
      latestTable = table;
      keep(reading);
    }
    return { ...reading, stacks };
  }

  function held(): ProfilerLease {
    if (lease === undefined) throw unavailable('the profile is not running');
    return lease;
  }

  function forget(): void {
    latestTable = undefined;
    readings = [];
  }

  async function learnOnce(from: ProfilerLease, options: CallSampling): Promise<number> {
    // Who asked while it learned before has waited long enough.
    await pending?.catch(() => undefined);
    const profile = await from.sampleCalls(options);
    const beganMs = clock.monotonic();
    const stacks = liveStacks(profile, classify);
    links.learn(stacks);
    forget();
    const unlinked = unlinkedFunctions(stacks, links);
    costMs += profile.costMs + clock.monotonic() - beganMs;
    return unlinked;
  }

  async function readAfter(end: Promise<unknown>): Promise<FullReading> {
    await end.catch(() => undefined);
    return readOnce(held());
  }

  return {
    start() {
      try {
        lease ??= acquire({ samplingIntervalBytes, stackDepth });
        refusal = undefined;
      } catch (error) {
        refusal = error instanceof Error ? error.message : String(error);
        throw error;
      }
    },
    stop() {
      endedRestarts += lease?.restarts ?? 0;
      lease?.release();
      lease = undefined;
      forget();
    },
    get running() {
      return lease !== undefined;
    },
    get refusal() {
      return refusal;
    },
    async read() {
      pending ??= asProfiler(() =>
        (learning === undefined ? readOnce(held()) : readAfter(learning)).finally(() => {
          pending = undefined;
        }),
      );
      return pending;
    },
    async learnCalls(options) {
      learning ??= learnOnce(held(), options).finally(() => {
        learning = undefined;
      });
      return learning;
    },
    latest: () => readings.at(-1),
    first: () => readings[0],
    growthSince(reading = readings[0], mostBytes) {
      const table = latestTable;
      if (table === undefined) return undefined;
      const limit = mostBytes !== undefined && { mostBytes };
      return asProfiler(() => siteGrowth(reading?.mark, table, { links, maxSites, ...limit }));
    },
    locate: createLocator(sourceMaps, root),
    allocations,
    links,
    get costMs() {
      return costMs;
    },
    get readings() {
      return readings;
    },
    get restarts() {
      return endedRestarts + (lease?.restarts ?? 0);
    },
    get samplingIntervalBytes() {
      return lease?.samplingIntervalBytes ?? samplingIntervalBytes;
    },
  };
}

function unlinkedFunctions({ rows, stack }: LiveStacks, links: RouteLinks): number {
  const keys = rows.flatMap((row) => {
    const origin = originOf(stack(row));
    return origin.kind === 'functions' && links.resolveOrigin(origin).length === 0
      ? origin.keys.slice(0, 1)
      : [];
  });
  return new Set(keys).size;
}

function ownSourceMaps(wanted: boolean): SourceMaps | undefined {
  return wanted ? createSourceMaps() : undefined;
}

/** Files of the application that could have been compiled from something else, the heaviest cells' first. */
function* mappable(table: CellTable): Generator<string> {
  for (const { stack } of table.cells) {
    for (const frame of stack) if (frame.kind === 'application' || frame.kind === 'package') yield frame.url;
  }
}
