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
  /** The smallest limit of this process's group and its ancestors. Absent if none has a limit. */
  readonly limitBytes?: number;
  /** `memory.high`: where the kernel begins to throttle. */
  readonly highBytes?: number;
  /** Usage of the group that sets the limit, other members included; without a limit, of the process's own group. */
  readonly usageBytes: number;
  /** Page cache the kernel can drop at once; usage minus this is the working set. */
  readonly inactiveFileBytes?: number;
}

export type LimitSource = 'configured' | 'cgroup' | 'heap_size_limit';

/** The size that this process's heap can really reach, and what sets it. */
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
   * Period of the timer that measures the delays. It is not subtracted: an idle loop reads about this much, and shorter
   * delays are not seen.
   */
  readonly resolutionMs?: number;
}

export interface CpuReading {
  /** Cumulative since process start. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** CPU used in the interval, in cores: 1 is one core fully busy. */
  readonly utilization: number;
}

export interface DescriptorsReading {
  readonly open: number;
  readonly limit?: number;
}

/** One sample. The field of a failed probe is absent. */
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

/** One garbage collection, as V8 reported it. */
export interface GcEvent {
  readonly kind: GcKind;
  /** Clock of `performance.now()`, milliseconds. */
  readonly startMs: number;
  /** `false` if the start was interpolated between its neighbours. */
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
