import { createOwnFrame } from '../own-frame.js';
import type { ProtocolNode, ProtocolSample } from '../raw-profile.js';

/** What allocates between two marks: the slot of a request, or one of the negative values below. */
export type Owner = number;
/** Work outside every request of the window. */
export const NOBODY: Owner = -1;
/** Sampled around marks that V8 missed: one of several owners allocated it, and it is unknown which. */
export const UNKNOWN: Owner = -2;
/** The samples of the marks themselves. */
const MARK: Owner = -3;
/** Sampled after the last mark, when no request was followed any more. */
export const LATE: Owner = -4;

/** V8 samples an allocation of `s` bytes with probability `1 − e^(−s/interval)`: 98 % at four intervals. */
const INTERVALS_PER_MARK = 4;
/**
 * Mark sizes cycle through sixteen values, which shows which marks V8 missed. They are 64 bytes apart: optimized code may
 * allocate the array's header together with its elements, which adds 48.
 */
const PHASES = 16;
const WORDS_PER_PHASE = 8;
const WORD_BYTES = 8;
/** Map and length of a FixedArray. */
const HEADER_BYTES = 16;

const MARK_URL = 'tidemark:mark';
const allocate = (words: unknown): unknown => Array(words as number);

/** A clock inside the sampling profile: a sample between two marks was allocated between them. */
export interface Marks {
  /** Marks the start of `owner`'s work; false, without a mark, once the memory for marks is used up. */
  add(owner: Owner): boolean;
  readonly count: number;
  /** The maximum number of marks. */
  readonly capacity: number;
  /** Held until {@link release}: a collected mark is gone from the profile. */
  readonly bytes: number;
  /** The owner of each of `samples`, which must be in order of their ordinals. */
  ownersOf(samples: readonly ProtocolSample[], head: ProtocolNode): MarkedSamples;
  release(): void;
}

export interface MarkedSamples {
  /** Owner by sample; {@link isMark} recognises the marks themselves. */
  readonly owners: Int32Array;
  /** By sample, the mark before it; samples with the same mark were allocated without a switch in between. */
  readonly marks: Int32Array;
  /** Marks that V8 did not sample. */
  readonly missed: number;
}

export const isMark = (owner: Owner): boolean => owner === MARK;

/** @param maxBytes of marks held; the owners of marks take four bytes more each */
export function createMarks(samplingIntervalBytes: number, maxBytes: number): Marks {
  const frame = createOwnFrame(MARK_URL);
  const leastWords = Math.ceil((INTERVALS_PER_MARK * samplingIntervalBytes) / WORD_BYTES);
  const meanBytes = (leastWords + (PHASES / 2) * WORDS_PER_PHASE) * WORD_BYTES + HEADER_BYTES;
  const capacity = Math.max(PHASES, Math.floor(maxBytes / meanBytes));
  const owners = new Int32Array(capacity);
  let held = Array.from<unknown>({ length: capacity });
  let count = 0;

  /** Position of a mark in the cycle of sixteen, by its size; undefined for other allocations of its function. */
  function phaseOf({ size }: ProtocolSample): number | undefined {
    const phase = Math.floor(((size - HEADER_BYTES) / WORD_BYTES - leastWords) / WORDS_PER_PHASE);
    return phase >= 0 && phase < PHASES ? phase : undefined;
  }

  return {
    capacity,
    add(owner) {
      if (count === capacity) return false;
      owners[count] = owner;
      held[count] = frame(allocate, undefined, leastWords + (count % PHASES) * WORDS_PER_PHASE);
      count += 1;
      return true;
    },
    get count() {
      return count;
    },
    get bytes() {
      return count * meanBytes;
    },
    ownersOf(samples, head) {
      const nodes = markNodes(head);
      const rows = [...samples.keys()].filter((row) => nodes.has(samples[row]!.nodeId));
      const seen = aligned(
        rows.flatMap((row) => {
          const phase = phaseOf(samples[row]!);
          return phase === undefined ? [] : [{ row, phase }];
        }),
      );
      const found = new Int32Array(samples.length);
      const before = new Int32Array(samples.length);
      let newest = -1;
      let missed = 0;
      let from = 0;
      for (const { row, mark } of seen) {
        // Two marks contradict each other, so one is false: samples between them may belong to either owner.
        const isSound = mark > newest && mark < count;
        found.fill(isSound ? ownerBetween(newest, mark) : UNKNOWN, from, row);
        before.fill(newest, from, row);
        from = row + 1;
        if (isSound) missed += mark - newest - 1;
        if (mark !== NO_MARK) newest = Math.min(mark, count - 1);
      }
      found.fill(newest === count - 1 ? LATE : UNKNOWN, from);
      // Another profiler restarted the sampling: earlier marks are gone, and later ones are numbered wrongly.
      if (count - 1 - newest >= PHASES) found.fill(UNKNOWN);
      before.fill(newest, from);
      for (const row of rows) found[row] = MARK;
      return { owners: found, marks: before, missed: missed + count - 1 - newest };
    },
    release() {
      held = [];
      count = 0;
    },
  };

  /** The owner of samples between one sampled mark and the next. */
  function ownerBetween(mark: number, next: number): Owner {
    const owner = mark < 0 ? NOBODY : owners[mark]!;
    for (let missedMark = mark + 1; missedMark < next; missedMark += 1) {
      if (owners[missedMark] !== owner) return UNKNOWN;
    }
    return owner;
  }
}

interface SeenMark {
  readonly row: number;
  /** Number of the mark in the window, from 0; {@link NO_MARK} for an allocation that only looks like one. */
  readonly mark: number;
}

const NO_MARK = -1;

/** V8 misses four marks in a row with probability e^-16, one in nine million. */
const MOST_MISSED = 3;

/** How many marks are missing between `mark` and the next one with this phase. */
const after = (phase: number, mark: number): number => (((phase - mark - 1) % PHASES) + PHASES) % PHASES;

/**
 * Numbers the samples of marks, whose size gives only the position in a cycle of sixteen. While V8 compiles the function
 * that allocates marks, it may allocate something of the same size: a sample that fits neither its predecessor nor its
 * successor is not a mark.
 */
function aligned(seen: readonly { readonly row: number; readonly phase: number }[]): SeenMark[] {
  const marks: SeenMark[] = [];
  let newest = -1;
  for (const [at, { row, phase }] of seen.entries()) {
    const skipped = after(phase, newest);
    const next = seen[at + 1]?.phase;
    if (skipped <= MOST_MISSED) newest += 1 + skipped;
    else if (next !== undefined && after(next, newest) > MOST_MISSED && after(next, phase) <= MOST_MISSED) {
      // An earlier sample was not a mark: continue from this one, ahead or behind.
      newest += 1 + (skipped >= PHASES / 2 ? skipped - PHASES : skipped);
    } else {
      marks.push({ row, mark: NO_MARK });
      continue;
    }
    marks.push({ row, mark: newest });
  }
  return marks;
}

/** Nodes of the frame that marks are allocated through, and of what it calls. */
function markNodes(head: ProtocolNode): ReadonlySet<number> {
  const found = new Set<number>();
  const pending = [{ node: head, isMark: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const isMark = next.isMark || next.node.callFrame.url === MARK_URL;
    if (isMark) found.add(next.node.id);
    for (const node of next.node.children) pending.push({ node, isMark });
  }
  return found;
}
