import { formatBytes } from '../../render/units.js';
import type { SuggestionRule } from '../facts.js';

const LARGE_BYTES = 200 * 1024 * 1024;
const FACTOR = 2;

/** The process holds far more than heap and Buffers: native libraries, threads, or an allocator that fragments. */
export const nativeRemainder: SuggestionRule = ({ sample }) => {
  const { heap, rssBytes } = sample;
  if (heap === undefined || rssBytes === undefined) return [];
  const known = heap.committedBytes + heap.externalBytes;
  const rest = rssBytes - known;
  if (rest < LARGE_BYTES || rssBytes < FACTOR * known) return [];
  return [
    {
      severity: 'info',
      title: 'Look at memory that is neither heap nor Buffers',
      evidence: `${formatBytes(rssBytes)} resident, ${formatBytes(known)} of it committed heap and external: ${formatBytes(rest)} are something else`,
      action:
        'Try MALLOC_ARENA_MAX=2 or jemalloc (LD_PRELOAD) against fragmentation, and check native addons and unclosed database handles.',
      impactBytes: rest,
    },
  ];
};
