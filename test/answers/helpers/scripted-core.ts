import type { TidemarkOptions } from '../../../src/config/options.js';
import { resolveOptions } from '../../../src/config/resolve.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { GcEvent, HeapReading } from '../../../src/measure/reading.js';
import type { SamplerProbes } from '../../../src/measure/sampler.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';

export const MiB = 1024 * 1024;

export function heapOf(usedBytes: number, spaces: HeapReading['spaces'] = []): HeapReading {
  return {
    usedBytes,
    committedBytes: 2 * usedBytes,
    limitBytes: 4096 * MiB,
    mallocedBytes: 0,
    externalBytes: 5 * MiB,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces,
  };
}

/** A core that reads what a test wrote down, and was never started. */
export function scriptedCore(given: TidemarkOptions = {}, probes: SamplerProbes = {}) {
  const clock = scriptedClock();
  const options = resolveOptions({ stateDirectory: '/nonexistent', ...given }, {});
  const collections: GcEvent[] = [];
  const { core, tick } = createRuntime(options, {
    log: { info: () => undefined, warn: () => undefined },
    clock,
    probes,
    gcWindows: {
      start: () => undefined,
      stop: () => undefined,
      drain: () => collections.splice(0),
      onGc: () => () => undefined,
      dropped: () => 0,
    },
  });
  return { core, clock, collections, tick };
}

export function majorGc(endMs: number, usedBytes: number): GcEvent {
  const sizes = {
    usedBytes,
    committedBytes: usedBytes,
    externalBytes: 5 * MiB,
    oldSpaceUsedBytes: usedBytes,
    newSpaceUsedBytes: 0,
    spaces: [],
  };
  return { kind: 'major', startMs: endMs - 1, exactTime: true, pauseMs: 1, before: sizes, after: sizes };
}
