import v8 from 'node:v8';
import type { DeepReading } from './deep-samples.js';

/** All sizes of this process; 10 µs, and it opens a file of /proc. */
export function readDeep(): DeepReading {
  const usage = process.memoryUsage();
  const spaces = v8.getHeapSpaceStatistics();
  const used = (name: string): number =>
    spaces.find((space) => space.space_name === name)?.space_used_size ?? 0;
  return {
    heapUsedBytes: usage.heapUsed,
    oldSpaceUsedBytes: used('old_space'),
    newSpaceUsedBytes: used('new_space'),
    externalBytes: usage.external,
    arrayBuffersBytes: usage.arrayBuffers,
    rssBytes: usage.rss,
  };
}
