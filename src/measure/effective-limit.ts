import type { CgroupReading, EffectiveLimit, HeapReading } from './reading.js';

export interface LimitFacts {
  /** Configured by the operator; overrides everything measured. */
  readonly configuredBytes?: number;
  readonly cgroup?: CgroupReading;
  readonly heap: HeapReading;
  readonly rssBytes?: number;
  /** `process.constrainedMemory()`, for hosts whose cgroup files cannot be read. 0 and huge values mean no limit. */
  readonly constrainedMemoryBytes?: number;
}

/** No machine has this much memory; kernels write "no limit" as about 2^63 or 2^64. */
const unlimitedFromBytes = 2 ** 60;

/**
 * The size that the used heap can reach before the process dies, and what sets it. Never negative.
 *
 * 1. A configured limit takes precedence.
 * 2. Otherwise it is the smaller of V8's `heap_size_limit` and what the container leaves for the heap: the container's
 *    limit minus everything charged to it that is not this heap. That remainder is the group's working set (usage minus
 *    page cache the kernel drops before it kills) less the committed heap: Buffers, native memory, code, other
 *    processes of the group. Where the droppable page cache is unknown, rss less the committed heap stands for it.
 *
 * The limit shrinks as Buffers grow, on purpose: they use up the heap's room.
 */
export function effectiveLimit(facts: LimitFacts): EffectiveLimit {
  if (facts.configuredBytes !== undefined) return { bytes: facts.configuredBytes, source: 'configured' };
  const containerBytes = limitOfContainer(facts);
  if (containerBytes !== undefined) {
    const heapShareBytes = Math.max(0, containerBytes - besideHeapBytes(facts));
    if (heapShareBytes < facts.heap.limitBytes) return { bytes: heapShareBytes, source: 'cgroup' };
  }
  return { bytes: facts.heap.limitBytes, source: 'heap_size_limit' };
}

function limitOfContainer({ cgroup, constrainedMemoryBytes }: LimitFacts): number | undefined {
  if (cgroup?.limitBytes !== undefined) return cgroup.limitBytes;
  if (constrainedMemoryBytes === undefined || constrainedMemoryBytes <= 0) return undefined;
  return constrainedMemoryBytes < unlimitedFromBytes ? constrainedMemoryBytes : undefined;
}

function besideHeapBytes({ cgroup, heap, rssBytes }: LimitFacts): number {
  if (cgroup?.inactiveFileBytes !== undefined) {
    return Math.max(0, cgroup.usageBytes - cgroup.inactiveFileBytes - heap.committedBytes);
  }
  const chargedBytes = rssBytes ?? cgroup?.usageBytes ?? 0;
  return Math.max(0, chargedBytes - heap.committedBytes);
}
