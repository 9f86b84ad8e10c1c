import type { FloorPoint } from './floor-series.js';

/**
 * V8 counts the Buffers that a collection found dead until it has freed them, beside the program: by the next tick. What
 * is freed later was alive.
 */
export interface FreedBuffers {
  /** What a tick saw; undefined where it could not. */
  see(monotonicMs: number, externalBytes: number | undefined): void;
  /** The newest floor is that of a collection that ended then. */
  collected(endMs: number): void;
  /** The newest floor by what was first seen after its collection; itself while, or where, there is nothing to correct. */
  correct(newest: FloorPoint): FloorPoint;
}

export function createFreedBuffers(): FreedBuffers {
  let seen = { monotonicMs: Number.NEGATIVE_INFINITY, externalBytes: Number.POSITIVE_INFINITY };
  let uncorrectedMs: number | undefined;
  return {
    see(monotonicMs, externalBytes = Number.POSITIVE_INFINITY) {
      seen = { monotonicMs, externalBytes };
    },
    collected(endMs) {
      uncorrectedMs = endMs;
    },
    correct(newest) {
      if (uncorrectedMs === undefined || seen.monotonicMs < uncorrectedMs) return newest;
      uncorrectedMs = undefined;
      const { externalBytes } = seen;
      return externalBytes < newest.externalBytes ? { ...newest, externalBytes } : newest;
    },
  };
}
