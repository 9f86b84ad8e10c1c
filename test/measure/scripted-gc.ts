import { constants } from 'node:perf_hooks';
import type { Clock } from '../../src/base/clock.js';
import type { GcEntry, GcSizes, GcStatistics } from '../../src/measure/gc-statistics.js';
import type { GcObserverLike, GcProfilerLike } from '../../src/measure/gc-windows.js';

/** A runtime whose collections a test writes down: what profilers and observers see of them, and when. */
export function scriptedRuntime() {
  const running = new Set<GcStatistics[]>();
  let undelivered: GcEntry[] = [];
  let deliver: ((entries: readonly GcEntry[]) => void) | undefined;
  let duringSeam: (() => void) | undefined;
  const clock: Clock & { ms: number } = {
    ms: 0,
    wall: () => 0,
    monotonic() {
      return this.ms;
    },
  };
  class GCProfiler implements GcProfilerLike {
    readonly statistics: GcStatistics[] = [];
    start(): void {
      running.add(this.statistics);
      duringSeam?.();
      duringSeam = undefined;
    }
    stop(): { statistics: readonly GcStatistics[] } {
      running.delete(this.statistics);
      return { statistics: this.statistics };
    }
  }
  class Observer implements GcObserverLike {
    constructor(callback: (list: { getEntries(): readonly GcEntry[] }) => void) {
      deliver = (entries) => callback({ getEntries: () => entries });
    }
    observe(): void {}
    disconnect(): void {
      deliver = undefined;
    }
    takeRecords(): readonly GcEntry[] {
      return [];
    }
  }
  const runtime = {
    clock,
    options: { clock, GCProfiler, PerformanceObserver: Observer },
    running,
    /** One collection that starts now and takes `durationMs`. */
    collect(gcType: string, durationMs: number, beforeBytes: number, afterBytes: number): void {
      const startTime = clock.ms;
      clock.ms += durationMs;
      for (const statistics of running) {
        statistics.push({
          gcType,
          cost: durationMs * 1e3,
          beforeGC: sizes(beforeBytes),
          afterGC: sizes(afterBytes),
        });
      }
      const kind =
        gcType === 'Scavenge' ? constants.NODE_PERFORMANCE_GC_MINOR : constants.NODE_PERFORMANCE_GC_MAJOR;
      undelivered.push({ startTime, duration: durationMs, detail: { kind, flags: 0 } });
    },
    deliver(): void {
      const entries = undelivered;
      undelivered = [];
      deliver?.(entries);
    },
    /** Runs `action` when the next profiler has started and the old one still runs. */
    duringNextSeam(action: () => void): void {
      duringSeam = action;
    },
  };
  return runtime;
}

function sizes(usedBytes: number): GcSizes {
  return {
    heapStatistics: { usedHeapSize: usedBytes, totalHeapSize: usedBytes * 2, externalMemory: 5 },
    heapSpaceStatistics: [
      { spaceName: 'old_space', spaceUsedSize: usedBytes - 1 },
      { spaceName: 'new_space', spaceUsedSize: 1 },
    ],
  };
}
