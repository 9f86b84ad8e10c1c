/** One V8 heap space. */
export interface SpaceReading {
  readonly name: string;
  readonly usedBytes: number;
  readonly committedBytes: number;
  readonly availableBytes: number;
}

export interface HeapReading {
  readonly usedBytes: number;
  /** What V8 has committed: `total_heap_size`. */
  readonly committedBytes: number;
  readonly limitBytes: number;
  readonly mallocedBytes: number;
  readonly externalBytes: number;
  readonly nativeContexts: number;
  readonly detachedContexts: number;
  readonly spaces: readonly SpaceReading[];
}

export interface CgroupReading {
  readonly version: 1 | 2;
  /** The smallest limit of this process's group and its ancestors. Absent when none has a limit. */
  readonly limitBytes?: number;
  /** `memory.high`: where the kernel begins to throttle. */
  readonly highBytes?: number;
  /** Of the group that sets the limit (its other members use it up too); of the process's own group without one. */
  readonly usageBytes: number;
  /** Page cache the kernel can drop at once; usage minus this is the working set. */
  readonly inactiveFileBytes?: number;
}

export type LimitSource = 'configured' | 'cgroup' | 'heap_size_limit';

/** The bytes this process's heap can really grow to, and what sets them. */
export interface EffectiveLimit {
  readonly bytes: number;
  readonly source: LimitSource;
}

export interface EventLoopReading {
  readonly delayMeanMs: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly delayMinMs?: number;
  readonly delayStddevMs?: number;
  readonly delayP90Ms?: number;
  /** Share of the interval in which the loop was busy, 0 to 1. */
  readonly utilization: number;
  /**
   * Period of the timer behind the delays. Nothing is subtracted from them: an idle loop reads about this much,
   * and a delay shorter than this cannot be seen.
   */
  readonly resolutionMs?: number;
}

export interface CpuReading {
  /** Cumulative since process start. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Cores' worth of CPU used in the interval: 1 is one core fully busy. */
  readonly utilization: number;
}

export interface DescriptorsReading {
  readonly open: number;
  readonly limit?: number;
}

/** What one tick of the sampler saw. A probe that failed leaves its field absent. */
export interface Sample {
  readonly at: number;
  readonly monotonicMs: number;
  readonly heap?: HeapReading;
  readonly arrayBuffersBytes?: number;
  readonly rssBytes?: number;
  readonly cgroup?: CgroupReading;
  readonly limit?: EffectiveLimit;
  readonly eventLoop?: EventLoopReading;
  readonly cpu?: CpuReading;
  /** Active libuv resources by type, as `process.getActiveResourcesInfo()` names them. */
  readonly handles?: Readonly<Record<string, number>>;
  readonly descriptors?: DescriptorsReading;
}

export type GcKind = 'major' | 'minor' | 'incremental' | 'weakcb';

/** One garbage collection, exactly as V8 reported it. */
export interface GcEvent {
  readonly kind: GcKind;
  /** Clock of `performance.now()`, milliseconds. */
  readonly startMs: number;
  /** `false` when the start is only known to lie between its neighbours, and was interpolated. */
  readonly exactTime: boolean;
  readonly pauseMs: number;
  readonly before: GcHeap;
  readonly after: GcHeap;
}

export interface GcHeap {
  readonly usedBytes: number;
  readonly committedBytes: number;
  readonly externalBytes: number;
  readonly oldSpaceUsedBytes: number;
  readonly newSpaceUsedBytes: number;
  readonly spaces: readonly { readonly name: string; readonly usedBytes: number }[];
}
