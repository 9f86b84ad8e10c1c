import { PerformanceObserver as SystemObserver } from 'node:perf_hooks';
import v8 from 'node:v8';
import type { Clock } from '../base/clock.js';
import {
  areSameCollection,
  kindOfEntry,
  kindOfType,
  type GcEntry,
  type GcStatistics,
} from './gc-statistics.js';
import { timeCollections, type CountedCollection, type Interval, type TimedCollection } from './gc-timing.js';
import type { GcEvent } from './reading.js';

export interface GcProfilerLike {
  start(): void;
  /** `undefined` if it was not running. */
  stop(): { readonly statistics: readonly GcStatistics[] } | undefined;
}

export interface GcObserverLike {
  observe(options: { type: 'gc' }): void;
  disconnect(): void;
  takeRecords(): readonly GcEntry[];
}

export interface GcWindowsOptions {
  readonly clock: Clock;
  /** `null` if the runtime has none: then there are no events, only {@link GcWindows.onGc}. */
  readonly GCProfiler?: (new () => GcProfilerLike) | null;
  /** `null` if the runtime has none: then all times are interpolated, and only draining ends a window. */
  readonly PerformanceObserver?:
    (new (callback: (list: { getEntries(): readonly GcEntry[] }) => void) => GcObserverLike) | null;
}

export interface GcWindows {
  start(): void;
  /** Stops measuring. What was seen until now remains for one more drain. */
  stop(): void;
  /**
   * Every collection since the last drain, once and in order, sizes exact. The observer hears of a collection up to two
   * turns of the event loop after it, so one of the current turn has an interpolated time (`exactTime: false`).
   * Costs 4 µs, and 0.1 ms a collection.
   */
  drain(): readonly GcEvent[];
  /**
   * Calls `listener` with start and end of every collection, on the clock of `performance.now()`, while started; up to
   * two turns of the event loop late. The listener must not throw. Returns what ends the subscription.
   */
  onGc(listener: (startMs: number, endMs: number) => void): () => void;
  /** Collections lost because nobody drained, or of an unknown kind. */
  dropped(): number;
}

/** After this many collections a window ends by itself: V8 keeps 3 KB of text for each until it is drained. */
const windowCollections = 256;
/** Events kept for the next drain, about 2 KB each. */
const waitingEvents = 1024;

/**
 * Exact sizes before and after every garbage collection: `v8.GCProfiler` windows that overlap, so that none is missed,
 * joined with the times of a `PerformanceObserver`. (An observer callback has many entries; common metric libraries read
 * only the first and lose the others.)
 */
export function createGcWindows(options: GcWindowsOptions): GcWindows {
  const { clock, GCProfiler = v8.GCProfiler, PerformanceObserver = SystemObserver } = options;
  const listeners = new Set<(startMs: number, endMs: number) => void>();
  let profiler: GcProfilerLike | undefined;
  let observer: GcObserverLike | undefined;
  let timed: TimedCollection[] = [];
  let waiting: GcEvent[] = [];
  let droppedCount = 0;
  /** When two profilers last ran together, and the last collection the older one saw. */
  let seam: Interval & { readonly last?: GcStatistics } = { fromMs: 0, toMs: 0 };

  function accept(entries: readonly GcEntry[]): void {
    for (const entry of entries) {
      for (const listener of listeners) listener(entry.startTime, entry.startTime + entry.duration);
      const kind = kindOfEntry(entry);
      if (kind === undefined || profiler === undefined) continue;
      timed.push({ kind, startMs: entry.startTime, durationMs: entry.duration });
    }
    if (timed.length >= windowCollections) roll(newProfiler());
  }

  function newProfiler(): GcProfilerLike | undefined {
    return GCProfiler === null ? undefined : new GCProfiler();
  }

  /** Ends the window, after `next` has begun the next one. */
  function roll(next: GcProfilerLike | undefined): void {
    const fromMs = clock.monotonic();
    next?.start();
    const statistics = profiler?.stop()?.statistics ?? [];
    const toMs = clock.monotonic();
    profiler = next;
    keep(assemble(statistics, fromMs));
    const last = statistics.at(-1);
    seam = last === undefined ? { fromMs, toMs } : { fromMs, toMs, last };
    // Entries of the overlap may belong to either window; older ones can no longer find a partner.
    timed = timed.filter(({ startMs }) => startMs >= fromMs);
  }

  function assemble(statistics: readonly GcStatistics[], toMs: number): GcEvent[] {
    const counted: CountedCollection[] = [];
    for (const entry of statistics) {
      const kind = kindOfType(entry.gcType);
      if (kind === undefined) droppedCount += 1;
      else counted.push({ kind, durationMs: entry.cost / 1e3, statistics: entry });
    }
    const window = { fromMs: seam.fromMs, toMs };
    const events = timeCollections(
      counted,
      timed.filter(({ startMs }) => startMs >= seam.fromMs),
      window,
    );
    return isSeenTwice(counted[0]) ? events.slice(1) : events;
  }

  /**
   * A collection during the overlap is in both windows: equal sizes, and a time within the overlap. Equal sizes alone do
   * not prove it, because forced collections of an idle heap look alike.
   */
  function isSeenTwice(first: CountedCollection | undefined): boolean {
    if (first === undefined || seam.last === undefined || !areSameCollection(first.statistics, seam.last)) {
      return false;
    }
    if (timed.length === 0) return first.durationMs <= seam.toMs - seam.fromMs;
    return timed.some(
      ({ kind, startMs }) => kind === first.kind && startMs >= seam.fromMs && startMs <= seam.toMs,
    );
  }

  function keep(events: readonly GcEvent[]): void {
    waiting.push(...events);
    const excess = waiting.length - waitingEvents;
    if (excess <= 0) return;
    waiting.splice(0, excess);
    droppedCount += excess;
  }

  return {
    start() {
      if (profiler !== undefined || observer !== undefined) return;
      if (PerformanceObserver !== null) {
        observer = new PerformanceObserver((list) => accept(list.getEntries()));
        observer.observe({ type: 'gc' });
      }
      const now = clock.monotonic();
      timed = [];
      seam = { fromMs: now, toMs: now };
      profiler = newProfiler();
      profiler?.start();
    },
    stop() {
      accept(observer?.takeRecords() ?? []);
      observer?.disconnect();
      observer = undefined;
      roll(undefined);
    },
    drain() {
      accept(observer?.takeRecords() ?? []);
      if (profiler !== undefined) roll(newProfiler());
      const events = waiting;
      waiting = [];
      return events;
    },
    onGc(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dropped: () => droppedCount,
  };
}
