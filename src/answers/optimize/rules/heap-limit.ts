import { formatBytes } from '../../render/units.js';
import type { OptimizeFacts, SuggestionRule } from '../facts.js';

const MIB = 1024 * 1024;
/** Share of the container's room for the heap: the rest is for garbage, code and bursts of growth. */
const HEAP_SHARE = 0.9;
/** A heap limit below this share of the room leaves paid memory unused. */
const UNUSED_SHARE = 0.5;
const PRESSED_RATIO = 0.6;
const LEAST_HEAP_BYTES = 32 * MIB;

/**
 * The heap limit against the container's: if above, the kernel silently kills the process before V8 collects in
 * earnest; if far below, the heap runs out while memory is idle.
 */
export const heapLimit: SuggestionRule = ({ sample }) => {
  const room = roomOf(sample);
  if (room === undefined) return [];
  const { heapBytes, containerBytes, limitBytes, usedBytes } = room;
  const flag = `--max-old-space-size=${Math.floor(heapBytes / MIB)}`;
  const sizes = `heap limit ${formatBytes(limitBytes)}, container limit ${formatBytes(containerBytes)}, ${formatBytes(heapBytes)} of it for the heap`;
  if (limitBytes > heapBytes / HEAP_SHARE) {
    const kills = limitBytes >= containerBytes;
    return [
      {
        severity: kills && usedBytes > PRESSED_RATIO * heapBytes ? 'critical' : 'warning',
        title: 'Lower the heap limit below what the container has',
        evidence: `${sizes}: the kernel kills the process before the heap is full`,
        action: `Start Node with ${flag} (or NODE_OPTIONS="${flag}"), or give the container more memory.`,
        impactBytes: Math.round(limitBytes - heapBytes),
      },
    ];
  }
  if (limitBytes < UNUSED_SHARE * heapBytes && usedBytes > PRESSED_RATIO * limitBytes) {
    return [
      {
        severity: 'warning',
        title: 'Raise the heap limit to what the container has',
        evidence: `${sizes}; ${formatBytes(usedBytes)} used`,
        action: `Start Node with ${flag} (or NODE_OPTIONS="${flag}").`,
        impactBytes: Math.round(heapBytes - limitBytes),
      },
    ];
  }
  return [];
};

interface Room {
  readonly containerBytes: number;
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Memory available to the heap, rounded down to whole MiB. */
  readonly heapBytes: number;
}

function roomOf({ heap, cgroup, rssBytes }: OptimizeFacts['sample']): Room | undefined {
  if (heap === undefined || cgroup?.limitBytes === undefined) return undefined;
  const beside = Math.max(0, (rssBytes ?? heap.committedBytes) - heap.committedBytes);
  const heapBytes = Math.floor((HEAP_SHARE * (cgroup.limitBytes - beside)) / MIB) * MIB;
  if (heapBytes < LEAST_HEAP_BYTES) return undefined;
  return {
    containerBytes: cgroup.limitBytes,
    limitBytes: heap.limitBytes,
    usedBytes: heap.usedBytes,
    heapBytes,
  };
}
