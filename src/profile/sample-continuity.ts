import type { ProtocolSample } from './raw-profile.js';

/** Detects that another run of sampling answered than last time. */
export interface SampleContinuity {
  /** False if `samples` cannot come from the same uninterrupted run as those of the last call. */
  continues(samples: readonly ProtocolSample[]): boolean;
  reset(): void;
}

/** Fewer samples than this may well die together between two readings. */
const FEW = 3;

/**
 * V8 has one sampling heap profiler per isolate, and any inspector session may silently stop it and start another one
 * whose ordinals begin anew. But a dead sample never comes back: within one run, each live sample that is not newer
 * than the newest of the last reading must have been in that reading, on the same node. A run that has just begun may
 * have no sample at all; that is taken for its sign where there were some.
 *
 * @param maxSamples number of oldest samples remembered at most, 8 bytes each
 */
export function createSampleContinuity(maxSamples = 65_536): SampleContinuity {
  let ordinals = new Uint32Array(0);
  let nodeIds = new Uint32Array(0);

  function remember(sorted: readonly ProtocolSample[]): void {
    const kept = sorted.slice(0, maxSamples);
    ordinals = Uint32Array.from(kept, (sample) => sample.ordinal);
    nodeIds = Uint32Array.from(kept, (sample) => sample.nodeId);
  }

  return {
    continues(samples) {
      const sorted = samples.toSorted((a, b) => a.ordinal - b.ordinal);
      const highest = ordinals.at(-1) ?? 0;
      let row = 0;
      let same = true;
      for (const { ordinal, nodeId } of sorted) {
        if (ordinal > highest) break;
        while ((ordinals[row] ?? Infinity) < ordinal) row += 1;
        if (ordinals[row] !== ordinal || nodeIds[row] !== nodeId) {
          same = false;
          break;
        }
      }
      if (sorted.length === 0 && ordinals.length >= FEW) same = false;
      remember(sorted);
      return same;
    },
    reset() {
      ordinals = new Uint32Array(0);
      nodeIds = new Uint32Array(0);
    },
  };
}
