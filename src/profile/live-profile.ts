import { createOwnFrame } from './own-frame.js';
import type { Clock } from '../base/clock.js';
import { createAllocationTotals, type AllocationTotals } from './allocation-totals.js';
import { buildCellTable, markOf, type CellTable } from './cell-table.js';
import { siteGrowth, type ProfileGrowth } from './growth.js';
import { acquire as acquireProfiler } from './isolate-profiler.js';
import type { FineSampling, ProfilerLease } from './profiler-lease.js';
import { liveStacks, mappable, meanDepthOf, type LiveStacks } from './live-stacks.js';
import { createPastSamplings, type PastSampling } from './past-samplings.js';
import { createLocator, type Locator } from './place.js';
import { ProfilerHeldError, unavailable, type SamplingSettings } from './sampling-session.js';
import { PROFILER_URL, type FrameClassifier } from './frames.js';
import type { FullReading, Reading } from './reading.js';
import type { IntervalChange } from './sampling-pace.js';
import { createSourceMaps, type SourceMaps } from './source-maps.js';

/** A change of the interval, once made. */
export interface MadeChange extends IntervalChange {
  /** Wall clock, milliseconds. */
  readonly atMs: number;
}

/** Live samples of a window after its end. */
export interface WindowSamples {
  readonly live: LiveStacks;
  readonly before: FullReading;
  /** How long both readings blocked the thread, including their full collections. */
  readonly pauseMs: number;
}

export interface LiveProfileOptions extends SamplingSettings {
  readonly clock: Clock;
  /** Whether to read files' source maps, or their reader. */
  readonly sourceMaps: boolean | SourceMaps;
  /** Marks kept, 24 by default. The first is never dropped. */
  readonly maxReadings?: number;
  /** Folder that files are shown relative to. Default: the working folder. */
  readonly root?: string;
  readonly acquire?: (settings: SamplingSettings) => ProfilerLease;
  readonly classify?: FrameClassifier;
  readonly maxSites?: number;
}

/** The always-on profile of live memory, by allocating function. */
export interface LiveProfile {
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE */
  start(): void;
  stop(): void;
  readonly running: boolean;
  /** Why the last start failed; undefined once one succeeded. */
  readonly refusal: string | undefined;
  /** Wall clock of the first start, milliseconds, even if that failed. */
  readonly wantedSinceMs: number | undefined;
  /** Starts the sampling again if another session has ended it: see {@link ProfilerLease.resume}. Costs some 20 µs. */
  resume(): void;
  /**
   * Tries again after a failed start. `held`: another session samples, and asking V8 ran a collection; `failed`: sampling
   * cannot start, and no collection ran.
   */
  retry(): 'running' | 'held' | 'failed';
  /**
   * Changes the interval. The samples are lost; the last reading becomes the newest of {@link earlier}.
   */
  resample(change: IntervalChange): void;
  /** The last changes of the interval, oldest first. */
  readonly changes: readonly MadeChange[];
  /** Mean number of frames of the stacks in the newest reading; 0 before the first. */
  readonly meanDepth: number;
  /**
   * Takes a reading: one full garbage collection of V8 (plus a few milliseconds for each thousand live samples). Calls
   * during a reading share it. Tries again to start where that had failed. Rejects with TIDEMARK_ERR_PROFILE_UNAVAILABLE.
   */
  read(): Promise<FullReading>;
  /**
   * Samples finely while `work` runs and resolves to its live samples. It takes one reading before, and restarts the coarse
   * sampling afterwards: the next reading moves that one to {@link earlier} and drops the readings of its run. Calls of
   * {@link read} wait for its end.
   * Rejects with TIDEMARK_ERR_PROFILE_UNAVAILABLE, or as `work` does.
   */
  sampleWindow(options: FineSampling): Promise<WindowSamples>;
  /** Last readings of the runs before the current one, oldest first. */
  readonly earlier: readonly PastSampling[];
  latest(): Reading | undefined;
  first(): Reading | undefined;
  /**
   * Growth from `reading` (default: the first) to the latest; undefined before the first reading. `mostBytes`: see
   * `GrowthOptions`.
   */
  growthSince(reading?: Reading, mostBytes?: number): ProfileGrowth | undefined;
  /** Maps frames and sites to places in the original source, as far as readings have prepared them. */
  readonly locate: Locator;
  readonly allocations: AllocationTotals;
  /** Of all readings, milliseconds of the thread. */
  readonly costMs: number;
  readonly readings: readonly Reading[];
  /** How often another inspector session interrupted the sampling. */
  readonly restarts: number;
  /** The actual interval: another instance may have started first with its own. */
  readonly samplingIntervalBytes: number;
}

const MAX_CHANGES = 8;

export function createLiveProfile(options: LiveProfileOptions): LiveProfile {
  const {
    samplingIntervalBytes,
    stackDepth,
    clock,
    classify,
    root,
    maxReadings = 24,
    maxSites = 50,
    acquire = acquireProfiler,
  } = options;
  const sourceMaps = options.sourceMaps === true ? createSourceMaps() : options.sourceMaps || undefined;
  const allocations = createAllocationTotals();
  const profilerFrame = createOwnFrame(PROFILER_URL);
  /** Keeps the allocations of a reading from being attributed to the calling application function. */
  const asProfiler = <T>(work: () => T): T => profilerFrame(work) as T;
  let lease: ProfilerLease | undefined;
  let refusal: string | undefined;
  let wantedSinceMs: number | undefined;
  /** Between start and stop, whether or not the start succeeded. */
  let wanted = false;
  let readings: Reading[] = [];
  let latestTable: CellTable | undefined;
  let pending: Promise<FullReading> | undefined;
  let sampling: Promise<WindowSamples> | undefined;
  let past = createPastSamplings();
  let changes: readonly MadeChange[] = [];
  let meanDepth = 0;
  let costMs = 0;
  let endedRestarts = 0;

  function keep(reading: Reading): void {
    readings.push(reading);
    // The second is dropped: growth over the whole lifetime is measured from the first.
    if (readings.length > maxReadings)
      readings.splice(maxReadings > 1 ? 1 : 0, readings.length - maxReadings);
  }

  async function readOnce(from: ProfilerLease): Promise<FullReading> {
    const beganMs = clock.monotonic();
    const profile = from.read();
    const stacks = liveStacks(profile, classify);
    allocations.add(stacks);
    past.observe(stacks);
    meanDepth = meanDepthOf(stacks);
    // Readings of another run of sampling cannot be compared with this one.
    if (readings.at(-1)?.mark.epoch !== profile.epoch) forget();
    const table = buildCellTable(stacks);
    const spentMs = Math.max(clock.monotonic() - beganMs, profile.costMs);
    costMs += spentMs;
    const reading: Reading = {
      takenAtMs: profile.takenAtMs,
      startedAtMs: profile.startedAtMs,
      monotonicMs: beganMs,
      costMs: spentMs,
      liveBytes: table.bytes.reduce((sum, bytes) => sum + bytes, 0),
      liveSamples: table.bytes.length,
      mark: markOf(table, readings.at(-1)?.mark),
    };
    await sourceMaps?.prepare(mappable(stacks));
    if (lease === from) {
      latestTable = table;
      keep(reading);
    }
    return { ...reading, stacks };
  }

  function begin(): void {
    try {
      lease ??= acquire({ samplingIntervalBytes, stackDepth });
      refusal = undefined;
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  function held(): ProfilerLease {
    if (lease === undefined) {
      if (!wanted) throw unavailable('the profile is not running');
      begin();
    }
    return lease!;
  }

  function forget(): void {
    latestTable = undefined;
    readings = [];
  }

  async function sampleOnce(from: ProfilerLease, options: FineSampling): Promise<WindowSamples> {
    // The caller has already waited for the window.
    await pending?.catch(() => undefined);
    const before = await readOnce(from);
    const profile = await from.sampleFinely(options);
    const live = liveStacks(profile, classify);
    const pauseMs = before.costMs + profile.costMs;
    costMs += profile.costMs;
    await sourceMaps?.prepare(mappable(live));
    return { live, before, pauseMs };
  }

  async function readAfter(end: Promise<unknown>): Promise<FullReading> {
    await end.catch(() => undefined);
    return readOnce(held());
  }

  return {
    start() {
      wanted = true;
      wantedSinceMs ??= clock.wall();
      begin();
    },
    stop() {
      endedRestarts += lease?.restarts ?? 0;
      lease?.release();
      lease = undefined;
      wanted = false;
      forget();
      past = createPastSamplings();
    },
    get running() {
      return lease !== undefined;
    },
    get refusal() {
      return refusal;
    },
    get wantedSinceMs() {
      return wantedSinceMs;
    },
    resume: () => lease?.resume(),
    retry() {
      try {
        held();
        return 'running';
      } catch (error) {
        return error instanceof ProfilerHeldError ? 'held' : 'failed';
      }
    },
    resample(change) {
      held().resample(change.toBytes);
      changes = [...changes, { ...change, atMs: clock.wall() }].slice(-MAX_CHANGES);
    },
    get changes() {
      return changes;
    },
    get meanDepth() {
      return meanDepth;
    },
    async read() {
      pending ??= asProfiler(() =>
        (sampling === undefined ? readOnce(held()) : readAfter(sampling)).finally(() => {
          pending = undefined;
        }),
      );
      return pending;
    },
    async sampleWindow(options) {
      if (sampling !== undefined) throw unavailable('a retention window is open');
      sampling = sampleOnce(held(), options).finally(() => {
        sampling = undefined;
      });
      return sampling;
    },
    get earlier() {
      return past.list;
    },
    latest: () => readings.at(-1),
    first: () => readings[0],
    growthSince(reading = readings[0], mostBytes) {
      const table = latestTable;
      if (table === undefined) return undefined;
      const limit = mostBytes !== undefined && { mostBytes };
      return asProfiler(() => siteGrowth(reading?.mark, table, { maxSites, ...limit }));
    },
    locate: createLocator(sourceMaps, root),
    allocations,
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
