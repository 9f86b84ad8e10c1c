import { percent } from '../../render/phrases.js';
import { formatBytes } from '../../render/units.js';
import type { SuggestionRule } from '../facts.js';

const LARGE_BYTES = 64 * 1024 * 1024;
const LARGE_SHARE = 0.3;

/** Buffers that outweigh the heap, or take much of the limit. */
export const external: SuggestionRule = ({ sample }) => {
  const { heap, cgroup, arrayBuffersBytes } = sample;
  if (heap === undefined || heap.externalBytes < LARGE_BYTES) return [];
  const limitBytes = cgroup?.limitBytes;
  const ofLimit = limitBytes === undefined ? 0 : heap.externalBytes / limitBytes;
  if (heap.externalBytes < heap.usedBytes && ofLimit < LARGE_SHARE) return [];
  const buffers =
    arrayBuffersBytes === undefined ? '' : `, ${formatBytes(arrayBuffersBytes)} of it array buffers`;
  const limited = limitBytes === undefined ? '' : `; ${percent(ofLimit)} of the container's limit`;
  return [
    {
      severity: ofLimit >= LARGE_SHARE ? 'warning' : 'info',
      title: 'Hold less memory outside the heap',
      evidence: `${formatBytes(heap.externalBytes)} external${buffers}, beside ${formatBytes(heap.usedBytes)} of heap${limited}`,
      action:
        'Pass files and uploads on as streams, copy small slices out of large Buffers (Buffer.from(slice)) before keeping them, and bound pools and queues of Buffers.',
      impactBytes: heap.externalBytes,
    },
  ];
};
