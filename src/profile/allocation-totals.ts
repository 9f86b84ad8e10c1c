import type { ClassifiedFrame } from './frames.js';
import { liveStacks, type LiveStacks } from './live-stacks.js';
import type { RawProfile } from './raw-profile.js';
import type { Stack } from './site.js';

export interface AllocationTotal {
  readonly stack: Stack;
  readonly bytes: number;
  /** Samples, not objects. */
  readonly samples: number;
}

/**
 * Everything ever seen alive, by stack: a counter that only rises, as pull profilers expect of `allocs`. Allocations
 * collected between two readings are not included: V8 drops those samples.
 */
export interface AllocationTotals {
  /** Adds the samples newer than the last profile's. */
  add(profile: RawProfile | LiveStacks): void;
  totals(): readonly AllocationTotal[];
  /** Bytes of stacks that did not fit; they are in the total of the empty stack. */
  readonly overflowBytes: number;
}

export interface AllocationTotalsOptions {
  /** Default 2,048. */
  readonly maxStacks?: number;
  /** Frames kept per stack, starting at the allocating one. Default 64. */
  readonly maxFrames?: number;
}

interface Entry {
  readonly stack: Stack;
  bytes: number;
  samples: number;
}

export function createAllocationTotals({
  maxStacks = 2048,
  maxFrames = 64,
}: AllocationTotalsOptions = {}): AllocationTotals {
  const entries = new Map<string, Entry>();
  /** One object per function across all readings. Only frames of kept stacks are in it. */
  const frames = new Map<string, { id: number; frame: ClassifiedFrame }>();
  const overflow: Entry = { stack: [], bytes: 0, samples: 0 };
  let epoch = Number.NaN;
  let countedOrdinal = 0;

  function intern(frame: ClassifiedFrame): { id: number; frame: ClassifiedFrame } {
    const known = frames.get(frame.key);
    if (known !== undefined) return known;
    const entry = { id: frames.size, frame };
    frames.set(frame.key, entry);
    return entry;
  }

  function entryOf(live: LiveStacks, row: number): Entry {
    const stack = live.stack(row).slice(0, maxFrames);
    const full = entries.size >= maxStacks;
    if (full && !stack.every((frame) => frames.has(frame.key))) return overflow;
    const interned = stack.map(intern);
    const key = interned.map(({ id }) => id).join(';');
    const known = entries.get(key);
    if (known !== undefined) return known;
    if (full) return overflow;
    const entry = { stack: interned.map(({ frame }) => frame), bytes: 0, samples: 0 };
    entries.set(key, entry);
    return entry;
  }

  return {
    add(profile) {
      const live = 'tree' in profile ? profile : liveStacks(profile);
      if (live.profile.epoch !== epoch) countedOrdinal = 0;
      epoch = live.profile.epoch;
      const entryOfRow = new Map<number, Entry>();
      for (const [index, { ordinal, size }] of live.profile.samples.entries()) {
        if (ordinal <= countedOrdinal) continue;
        const row = live.rowOfSample[index] ?? 0;
        const entry = entryOfRow.get(row) ?? entryOf(live, row);
        entryOfRow.set(row, entry);
        entry.bytes += size;
        entry.samples += 1;
      }
      countedOrdinal = Math.max(countedOrdinal, live.profile.highestOrdinal);
    },
    totals() {
      const all = [...entries.values(), ...(overflow.samples > 0 ? [overflow] : [])];
      return all.map(({ stack, bytes, samples }) => ({ stack, bytes, samples }));
    },
    get overflowBytes() {
      return overflow.bytes;
    },
  };
}
