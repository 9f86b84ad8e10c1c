import type { FloorPoint } from './floor-series.js';

/**
 * V8 counts the Buffers that a collection found dead until it has freed them concurrently, by the next tick. What is freed
 * later was alive.
 */
export interface FreedBuffers {
  /** External memory at a tick; undefined where it could not be read. */
  see(monotonicMs: number, externalBytes: number | undefined): void;
  /** The newest floor is from a collection that ended at this time. */
  collected(endMs: number): void;
  /** The newest floor, corrected by the first reading after its collection; unchanged while there is none, or no need. */
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
