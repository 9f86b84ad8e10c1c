import type { GcEvent } from '../../src/measure/reading.js';

const MiB = 1024 * 1024;

/** A full collection that left this many bytes, with 5 MiB more committed and 5 MiB external. */
export function majorGc(endMs: number, usedBytes: number): GcEvent {
  const heap = {
    usedBytes,
    committedBytes: usedBytes + 5 * MiB,
    externalBytes: 5 * MiB,
    oldSpaceUsedBytes: usedBytes,
    newSpaceUsedBytes: 0,
    spaces: [],
  };
  return { kind: 'major', startMs: endMs - 10, exactTime: true, pauseMs: 10, before: heap, after: heap };
}
