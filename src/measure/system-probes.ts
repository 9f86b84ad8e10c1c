import { createCgroupProbe } from './cgroup.js';
import { systemClock, type Clock } from '../base/clock.js';
import { createCpuProbe } from './cpu.js';
import { createDescriptorsProbe } from './descriptors.js';
import { createEventLoopProbe, type EventLoopProbe } from './event-loop.js';
import { createHandlesProbe } from './handles.js';
import { createHeapProbe } from './heap.js';
import { createMemoryUsageProbe, type MemoryUsageReading } from './memory-usage.js';
import type { CgroupReading, CpuReading, DescriptorsReading, HeapReading } from './reading.js';
import { rareWhenSlow } from './slow-probe.js';

/** What a sampler reads on every tick. Without a probe its field of the sample is absent. */
export interface SamplerProbes {
  readonly heap?: () => HeapReading;
  readonly memoryUsage?: () => MemoryUsageReading;
  readonly cgroup?: () => CgroupReading | undefined;
  /** Read only if there is no cgroup reading. */
  readonly constrainedMemory?: () => number | undefined;
  readonly eventLoop?: EventLoopProbe;
  readonly cpu?: () => CpuReading;
  readonly handles?: () => Readonly<Record<string, number>>;
  readonly descriptors?: () => DescriptorsReading | undefined;
  /** Overrides every measured limit. */
  readonly memoryLimitBytes?: number;
}

/** The probes of this process. Creating them starts nothing and opens nothing. */
export function createSystemProbes(
  options: { readonly memoryLimitBytes?: number } = {},
  clock: Clock = systemClock,
): Required<Omit<SamplerProbes, 'memoryLimitBytes'>> & Pick<SamplerProbes, 'memoryLimitBytes'> {
  return {
    heap: createHeapProbe(),
    memoryUsage: createMemoryUsageProbe(),
    cgroup: createCgroupProbe(),
    constrainedMemory: () => process.constrainedMemory(),
    eventLoop: createEventLoopProbe(),
    cpu: createCpuProbe(clock),
    handles: rareWhenSlow(createHandlesProbe(), clock),
    descriptors: rareWhenSlow(createDescriptorsProbe(), clock),
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
  };
}
