import { constants } from 'node:perf_hooks';
import type { GcHeap, GcKind } from './reading.js';

/** Sizes as reported by `v8.GCProfiler`. */
export interface GcSizes {
  readonly heapStatistics: {
    readonly totalHeapSize: number;
    readonly usedHeapSize: number;
    readonly externalMemory: number;
  };
  readonly heapSpaceStatistics: readonly { readonly spaceName: string; readonly spaceUsedSize: number }[];
}

/** One collection as reported by `v8.GCProfiler`. */
export interface GcStatistics {
  readonly gcType: string;
  /** Microseconds: measured within 0.03 ms of the observer's duration in milliseconds. */
  readonly cost: number;
  readonly beforeGC: GcSizes;
  readonly afterGC: GcSizes;
}

/** Kind of a GCProfiler's `gcType`, newer V8s' names included. `undefined` for an unknown type. */
export function kindOfType(gcType: string): GcKind | undefined {
  switch (gcType) {
    case 'MarkSweepCompact':
      return 'major';
    case 'Scavenge':
    case 'MinorMarkCompact':
    case 'MinorMarkSweep':
      return 'minor';
    case 'IncrementalMarking':
      return 'incremental';
    case 'ProcessWeakCallbacks':
      return 'weakcb';
    default:
      return undefined;
  }
}

/** One 'gc' entry of a `PerformanceObserver`; milliseconds on the clock of `performance.now()`. */
export interface GcEntry {
  readonly startTime: number;
  readonly duration: number;
  readonly detail?: unknown;
}

/** V8's `kGCTypeMinorMarkSweep`, which Node gives no constant. */
const minorMarkSweep = 2;

/** Kind of a 'gc' performance entry; `undefined` for an unknown one. */
export function kindOfEntry({ detail }: GcEntry): GcKind | undefined {
  if (typeof detail !== 'object' || detail === null || !('kind' in detail)) return undefined;
  switch (detail.kind) {
    case constants.NODE_PERFORMANCE_GC_MAJOR:
      return 'major';
    case constants.NODE_PERFORMANCE_GC_MINOR:
    case minorMarkSweep:
      return 'minor';
    case constants.NODE_PERFORMANCE_GC_INCREMENTAL:
      return 'incremental';
    case constants.NODE_PERFORMANCE_GC_WEAKCB:
      return 'weakcb';
    default:
      return undefined;
  }
}

/** The sizes on one side of a collection. Old and new space are the spaces of that name, without large objects. */
export function heapOfSizes(sizes: GcSizes): GcHeap {
  const spaces = sizes.heapSpaceStatistics.map((space) => ({
    name: space.spaceName,
    usedBytes: space.spaceUsedSize,
  }));
  return {
    usedBytes: sizes.heapStatistics.usedHeapSize,
    committedBytes: sizes.heapStatistics.totalHeapSize,
    externalBytes: sizes.heapStatistics.externalMemory,
    oldSpaceUsedBytes: usedInSpace(sizes, 'old_space'),
    newSpaceUsedBytes: usedInSpace(sizes, 'new_space'),
    spaces,
  };
}

/**
 * Whether two overlapping profilers may have seen the same collection. Old space is not compared: from Node 24 on, sweeping
 * continues while they read one after the other, and changes it by up to 0.5 MB.
 */
export function areSameCollection(one: GcStatistics, other: GcStatistics): boolean {
  return (
    one.gcType === other.gcType &&
    areSameSizes(one.beforeGC, other.beforeGC) &&
    areSameSizes(one.afterGC, other.afterGC)
  );
}

function areSameSizes(one: GcSizes, other: GcSizes): boolean {
  return (
    one.heapStatistics.totalHeapSize === other.heapStatistics.totalHeapSize &&
    one.heapStatistics.externalMemory === other.heapStatistics.externalMemory &&
    usedInSpace(one, 'new_space') === usedInSpace(other, 'new_space')
  );
}

function usedInSpace(sizes: GcSizes, name: string): number {
  return sizes.heapSpaceStatistics.find((space) => space.spaceName === name)?.spaceUsedSize ?? 0;
}
