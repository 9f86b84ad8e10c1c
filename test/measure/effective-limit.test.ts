import t from 'tap';
import { effectiveLimit } from '../../src/measure/effective-limit.js';
import type { HeapReading } from '../../src/measure/reading.js';

const MiB = 2 ** 20;

function heap(committedMiB: number, limitMiB: number): HeapReading {
  return {
    usedBytes: (committedMiB * MiB) / 2,
    committedBytes: committedMiB * MiB,
    limitBytes: limitMiB * MiB,
    mallocedBytes: 0,
    externalBytes: 0,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces: [],
  };
}

function cgroup(limitMiB: number, usageMiB: number, inactiveFileMiB?: number) {
  return {
    version: 2 as const,
    limitBytes: limitMiB * MiB,
    usageBytes: usageMiB * MiB,
    ...(inactiveFileMiB === undefined ? {} : { inactiveFileBytes: inactiveFileMiB * MiB }),
  };
}

t.test('reference cases, computed by hand', async (t) => {
  const cases: [string, Parameters<typeof effectiveLimit>[0], { bytes: number; source: string }][] = [
    [
      'configured overrides all',
      { configuredBytes: 7, cgroup: cgroup(512, 100), heap: heap(60, 256) },
      { bytes: 7, source: 'configured' },
    ],
    ['no container: V8 decides', { heap: heap(60, 4144) }, { bytes: 4144 * MiB, source: 'heap_size_limit' }],
    [
      // 200 used - 50 droppable - 60 of heap = 90 beside the heap; 512 - 90 = 422.
      'container minus what is not heap',
      { cgroup: cgroup(512, 200, 50), heap: heap(60, 4144), rssBytes: 100 * MiB },
      { bytes: 422 * MiB, source: 'cgroup' },
    ],
    [
      'a heap limit below the share of the container',
      { cgroup: cgroup(512, 200, 50), heap: heap(60, 256) },
      { bytes: 256 * MiB, source: 'heap_size_limit' },
    ],
    [
      'equal limits are V8’s',
      { cgroup: cgroup(512, 200, 50), heap: heap(60, 422) },
      { bytes: 422 * MiB, source: 'heap_size_limit' },
    ],
    [
      // rss 100 - 60 of heap = 40; 512 - 40 = 472.
      'page cache unknown: rss stands in',
      { cgroup: cgroup(512, 500), heap: heap(60, 4144), rssBytes: 100 * MiB },
      { bytes: 472 * MiB, source: 'cgroup' },
    ],
    [
      // 500 - 60 = 440; 512 - 440 = 72.
      'page cache and rss unknown: all usage counts',
      { cgroup: cgroup(512, 500), heap: heap(60, 4144) },
      { bytes: 72 * MiB, source: 'cgroup' },
    ],
    [
      'more beside the heap than fits leaves nothing, never less',
      { cgroup: cgroup(100, 400, 0), heap: heap(60, 4144) },
      { bytes: 0, source: 'cgroup' },
    ],
    [
      // Committed but untouched pages can exceed the working set: nothing is beside the heap then.
      'a heap larger than the working set adds nothing to the limit',
      { cgroup: cgroup(512, 50, 0), heap: heap(60, 4144) },
      { bytes: 512 * MiB, source: 'cgroup' },
    ],
    [
      'a group without a limit',
      { cgroup: { version: 2, usageBytes: 1 }, heap: heap(60, 4144) },
      { bytes: 4144 * MiB, source: 'heap_size_limit' },
    ],
    [
      // 1000 - (100 - 60) = 960.
      'constrainedMemory where no group can be read',
      { constrainedMemoryBytes: 1000 * MiB, heap: heap(60, 4144), rssBytes: 100 * MiB },
      { bytes: 960 * MiB, source: 'cgroup' },
    ],
    [
      'constrainedMemory, nothing else known',
      { constrainedMemoryBytes: 1000 * MiB, heap: heap(60, 4144) },
      { bytes: 1000 * MiB, source: 'cgroup' },
    ],
    [
      'constrainedMemory that says there is no limit',
      { constrainedMemoryBytes: 2 ** 64, heap: heap(60, 4144) },
      { bytes: 4144 * MiB, source: 'heap_size_limit' },
    ],
    [
      'constrainedMemory that does not know',
      { constrainedMemoryBytes: 0, heap: heap(60, 4144) },
      { bytes: 4144 * MiB, source: 'heap_size_limit' },
    ],
  ];
  for (const [name, facts, expected] of cases) t.strictSame(effectiveLimit(facts), expected, name);
});
