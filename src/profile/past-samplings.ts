import type { ClassifiedFrame } from './frames.js';
import type { LiveStacks } from './live-stacks.js';
import type { SamplingCause } from './raw-profile.js';
import type { Stack } from './site.js';

/** Live allocations of one stack in the last reading of a sampling. */
export interface PastStack {
  /** The allocating frame first. Empty for the sum of the stacks beyond the bound. */
  readonly stack: Stack;
  readonly bytes: number;
  readonly samples: number;
  /** Wall clock of the reading, milliseconds. */
  readonly takenAtMs: number;
}

/**
 * The last reading of a run of sampling. V8 discards the samples when a run ends, so this includes memory that was freed
 * later.
 */
export interface PastSampling {
  /** Wall clock, milliseconds, as the others. */
  readonly startedAtMs: number;
  /** Its last reading; later allocations are not in it. */
  readonly takenAtMs: number;
  /** When the next run began; an upper bound if another session ended this one. */
  readonly nextAtMs: number;
  /** Why the next run began. */
  readonly ended: SamplingCause;
  readonly samplingIntervalBytes: number;
  readonly liveBytes: number;
  readonly liveSamples: number;
  readonly stacks: readonly PastStack[];
  /** Runs in this entry; more than one if old ones were merged. */
  readonly runs: number;
}

/** The last readings of previous samplings, bounded in size. */
export interface PastSamplings {
  /** Takes every reading; a reading of a new run shows that the previous run has ended. */
  observe(live: LiveStacks): void;
  /** Oldest first. */
  readonly list: readonly PastSampling[];
}

/** At worst 0.6 MB. Of more runs, the two oldest are merged, so that the first one is never lost. */
export const MAX_PAST_SAMPLINGS = 4;
const MAX_STACKS = 256;
const MAX_FRAMES = 64;

type Latest = Omit<PastSampling, 'nextAtMs' | 'ended'> & { readonly epoch: number };

export function createPastSamplings(): PastSamplings {
  let list: readonly PastSampling[] = [];
  let latest: Latest | undefined;

  return {
    observe(live) {
      const { epoch, startedAtMs, takenAtMs, cause } = live.profile;
      if (latest !== undefined && latest.epoch !== epoch) {
        const { epoch: _, ...past } = latest;
        const nextAtMs = cause === 'interruption' ? takenAtMs : startedAtMs;
        list = bounded([...list, { ...past, nextAtMs, ended: cause }]);
      }
      latest = summaryOf(live);
    },
    get list() {
      return list;
    },
  };
}

function summaryOf({ profile, rowOfSample, stack }: LiveStacks): Latest {
  const { epoch, startedAtMs, takenAtMs, samplingIntervalBytes } = profile;
  const ofRow = new Map<number, { bytes: number; samples: number }>();
  for (const [index, { size }] of profile.samples.entries()) {
    const row = rowOfSample[index] ?? 0;
    const sum = ofRow.get(row) ?? { bytes: 0, samples: 0 };
    ofRow.set(row, { bytes: sum.bytes + size, samples: sum.samples + 1 });
  }
  // Each row is a distinct stack, so no merge is needed; it would cost more than the rest of a reading.
  const largest = [...ofRow].toSorted(([, a], [, b]) => b.bytes - a.bytes);
  const stacks = largest
    .slice(0, MAX_STACKS)
    .map(([row, sum]) => ({ ...sum, stack: stack(row).slice(0, MAX_FRAMES), takenAtMs }));
  const others = largest.slice(MAX_STACKS).map(([, sum]) => sum);
  const all = [...stacks, ...others];
  return {
    epoch,
    startedAtMs,
    takenAtMs,
    samplingIntervalBytes,
    liveBytes: sumOf(all, 'bytes'),
    liveSamples: sumOf(all, 'samples'),
    stacks:
      others.length === 0
        ? stacks
        : [
            ...stacks,
            { stack: [], bytes: sumOf(others, 'bytes'), samples: sumOf(others, 'samples'), takenAtMs },
          ],
    runs: 1,
  };
}

function bounded(list: readonly PastSampling[]): readonly PastSampling[] {
  const shared = withSharedFrames(list);
  const [first, second, ...rest] = shared;
  const isFull = shared.length > MAX_PAST_SAMPLINGS;
  return isFull && first && second ? [mergedOf(first, second), ...rest] : shared;
}

function mergedOf(older: PastSampling, newer: PastSampling): PastSampling {
  return {
    ...newer,
    startedAtMs: older.startedAtMs,
    samplingIntervalBytes: Math.max(older.samplingIntervalBytes, newer.samplingIntervalBytes),
    liveBytes: older.liveBytes + newer.liveBytes,
    liveSamples: older.liveSamples + newer.liveSamples,
    stacks: heaviest([...older.stacks, ...newer.stacks]),
    runs: older.runs + newer.runs,
  };
}

/** One entry per stack, largest first; stacks beyond the bound are summed under the empty stack. Frames must be shared. */
function heaviest(stacks: readonly PastStack[]): readonly PastStack[] {
  const sums = new Map<string, PastStack>();
  const numbers = new Map<ClassifiedFrame, number>();
  const numberOf = (frame: ClassifiedFrame): number => {
    const number = numbers.get(frame) ?? numbers.size;
    numbers.set(frame, number);
    return number;
  };
  for (const one of stacks) addTo(sums, one.stack.map(numberOf).join(';'), one);
  const others = '';
  const rest = sums.get(others);
  sums.delete(others);
  const sorted = [...sums.values()].toSorted((a, b) => b.bytes - a.bytes);
  const left = new Map<string, PastStack>(rest && [[others, rest]]);
  for (const one of sorted.slice(MAX_STACKS)) addTo(left, others, { ...one, stack: [] });
  return [...sorted.slice(0, MAX_STACKS), ...left.values()];
}

function addTo(sums: Map<string, PastStack>, key: string, one: PastStack): void {
  const known = sums.get(key);
  sums.set(
    key,
    known === undefined
      ? one
      : {
          stack: known.stack,
          bytes: known.bytes + one.bytes,
          samples: known.samples + one.samples,
          takenAtMs: Math.max(known.takenAtMs, one.takenAtMs),
        },
  );
}

/** Replaces equal frames of different readings by one object. */
function withSharedFrames(list: readonly PastSampling[]): readonly PastSampling[] {
  const frames = new Map<string, ClassifiedFrame>();
  const shared = (frame: ClassifiedFrame): ClassifiedFrame => {
    const known = frames.get(frame.key);
    if (known === undefined) frames.set(frame.key, frame);
    return known ?? frame;
  };
  return list.map((past) => ({
    ...past,
    stacks: past.stacks.map((one) => ({ ...one, stack: one.stack.map(shared) })),
  }));
}

function sumOf(stacks: readonly Pick<PastStack, 'bytes' | 'samples'>[], of: 'bytes' | 'samples'): number {
  return stacks.reduce((sum, one) => sum + one[of], 0);
}
