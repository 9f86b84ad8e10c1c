import { createOwnFrame } from '../own-frame.js';
import type { ProtocolNode, ProtocolSample } from '../raw-profile.js';

/** Who allocates, between two marks: a slot of {@link Owner}, or nobody's request. */
export type Owner = number;
/** What runs outside every request of the window. */
export const NOBODY: Owner = -1;
/** Sampled around marks that V8 did not sample: one of several owners allocated it, and nothing tells which. */
export const UNKNOWN: Owner = -2;
/** The samples of the marks themselves. */
const MARK: Owner = -3;
/** Sampled after the last mark, when nobody was followed any more. */
export const LATE: Owner = -4;

/** V8 samples an allocation of `s` bytes with probability `1 − e^(−s/interval)`: 98 % at four intervals. */
const INTERVALS_PER_MARK = 4;
/**
 * A mark's size says which of sixteen in turn it is, so that it is known which marks V8 missed. Sizes are 64 bytes apart:
 * optimized code may allocate the array's header together with its elements, which adds 48.
 */
const PHASES = 16;
const WORDS_PER_PHASE = 8;
const WORD_BYTES = 8;
/** Map and length of a FixedArray. */
const HEADER_BYTES = 16;

const MARK_URL = 'tidemark:mark';
const allocate = (words: unknown): unknown => Array(words as number);

/** A clock inside the sampling profile: what was sampled between two marks was allocated between them. */
export interface Marks {
  /** Marks that what follows is `owner`'s; false, without a mark, once the memory for marks is used up. */
  add(owner: Owner): boolean;
  readonly count: number;
  /** Marks that the memory for them allows. */
  readonly capacity: number;
  /** Held until {@link release}: a collected mark is gone from the profile. */
  readonly bytes: number;
  /** The owner of each of `samples`, which must be in order of their ordinals. */
  ownersOf(samples: readonly ProtocolSample[], head: ProtocolNode): MarkedSamples;
  release(): void;
}

export interface MarkedSamples {
  /** By sample; marks themselves are {@link isMark}. */
  readonly owners: Int32Array;
  /** By sample, the mark before it: samples of one mark were allocated in one go. */
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

  /** Which of sixteen in turn a sample of a mark is; undefined for what else its function allocates. */
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
        // One of two that contradict each other was none: what lies between them may be of either's owner.
        const isSound = mark > newest && mark < count;
        found.fill(isSound ? ownerBetween(newest, mark) : UNKNOWN, from, row);
        before.fill(newest, from, row);
        from = row + 1;
        if (isSound) missed += mark - newest - 1;
        if (mark !== NO_MARK) newest = Math.min(mark, count - 1);
      }
      found.fill(newest === count - 1 ? LATE : UNKNOWN, from);
      // Another profiler began anew meanwhile: marks before that are gone, and those after it are counted wrongly.
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

  /** Of what was sampled after one mark and before the next that was sampled. */
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
  /** Which mark of the window it is, the first being 0; {@link NO_MARK} for what only looks like one. */
  readonly mark: number;
}

const NO_MARK = -1;

/** V8 misses so many marks in a row once in six million. */
const MOST_MISSED = 3;

/** How many marks are missing between `mark` and the next of this phase. */
const after = (phase: number, mark: number): number => (((phase - mark - 1) % PHASES) + PHASES) % PHASES;

/**
 * Numbers the samples of marks, which name only their place among sixteen. Where V8 compiles the function that allocates
 * them it may allocate what looks like a mark: a sample that neither follows the one before it nor is followed by the
 * next is none.
 */
function aligned(seen: readonly { readonly row: number; readonly phase: number }[]): SeenMark[] {
  const marks: SeenMark[] = [];
  let newest = -1;
  for (const [at, { row, phase }] of seen.entries()) {
    const skipped = after(phase, newest);
    const next = seen[at + 1]?.phase;
    if (skipped <= MOST_MISSED) newest += 1 + skipped;
    else if (next !== undefined && after(next, newest) > MOST_MISSED && after(next, phase) <= MOST_MISSED) {
      // An earlier one was none: go on from this one, be it ahead or behind.
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
