import type { Clock } from '../base/clock.js';
import type { Failures } from '../base/failures.js';
import { effectiveLimit } from './effective-limit.js';
import type { CgroupReading, EffectiveLimit, HeapReading, Sample } from './reading.js';
import type { SamplerProbes } from './system-probes.js';

export { createSystemProbes, type SamplerProbes } from './system-probes.js';

export interface SamplerOptions {
  readonly probes: SamplerProbes;
  readonly clock: Clock;
  readonly failures: Pick<Failures, 'guard'>;
}

export interface Sampler {
  /** Starts the measurements between samples: the event-loop histogram and its timer. */
  start(): void;
  stop(): void;
  /** Reads all probes once: 0.1 ms. Never throws. Ends the event-loop and CPU intervals, so only the owner of the tick may call it. */
  sample(): Sample;
}

/** Takes samples on request; it has no timer of its own. */
export function createSampler({ probes, clock, failures }: SamplerOptions): Sampler {
  const optional = <T>(part: string, probe: (() => T) | undefined): (() => T | undefined) =>
    probe === undefined ? () => undefined : failures.guard(part, probe);

  const heapOf = optional('heap', probes.heap);
  const memoryUsageOf = optional('memoryUsage', probes.memoryUsage);
  const cgroupOf = optional('cgroup', probes.cgroup);
  const constrainedMemoryOf = optional('constrainedMemory', probes.constrainedMemory);
  const { eventLoop } = probes;
  const eventLoopOf = optional('eventLoop', eventLoop && (() => eventLoop.read()));
  const cpuOf = optional('cpu', probes.cpu);
  const handlesOf = optional('handles', probes.handles);
  const descriptorsOf = optional('descriptors', probes.descriptors);

  function limitOf(
    heap: HeapReading,
    cgroup: CgroupReading | undefined,
    rssBytes: number | undefined,
  ): EffectiveLimit {
    const configuredBytes = probes.memoryLimitBytes;
    const constrainedMemoryBytes = cgroup === undefined ? constrainedMemoryOf() : undefined;
    return effectiveLimit({
      heap,
      ...present({ configuredBytes, cgroup, rssBytes, constrainedMemoryBytes }),
    });
  }

  return {
    start: optional('eventLoop', eventLoop && (() => eventLoop.start())),
    stop: optional('eventLoop', eventLoop && (() => eventLoop.stop())),
    sample() {
      const at = clock.wall();
      const monotonicMs = clock.monotonic();
      const heap = heapOf();
      const usage = memoryUsageOf();
      const cgroup = cgroupOf();
      return {
        at,
        monotonicMs,
        ...present({
          heap,
          arrayBuffersBytes: usage?.arrayBuffersBytes,
          rssBytes: usage?.rssBytes,
          cgroup,
          limit: heap && limitOf(heap, cgroup, usage?.rssBytes),
          eventLoop: eventLoopOf(),
          cpu: cpuOf(),
          handles: handlesOf(),
          descriptors: descriptorsOf(),
        }),
      };
    },
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** `fields` without those that are undefined. */
function present<T extends object>(fields: T): Present<T> {
  const kept: Present<T> = {};
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value as Exclude<T[keyof T], undefined>;
  }
  return kept;
}
